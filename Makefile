# Trạm. `make` builds every program into build/, `make check` the unit tests, `make lint` the house
# rules. V=1 shows commands. Other trees: `make B=build/asan SANITIZE=1`, `make CC=clang B=build/clang`.

B ?= build
CC ?= gcc
HOSTCC ?= gcc
DESTDIR ?=
PREFIX ?= /usr
Q = $(if $(V),,@)

ROOMS = base crypt dossier store web link
PROGRAMS = intake lookup admin center machine forward tram

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla $(if $(LOOSE),,-Werror)
HARDEN = -fPIE -fstack-protector-strong $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
CFLAGS ?= -O2 -g
ifdef SANITIZE
CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LDFLAGS += -fsanitize=address,undefined
endif
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L $(WARN) $(HARDEN) -Icgi -I$(B)/gen -I$(shell pg_config --includedir 2>/dev/null || echo /usr/include/postgresql) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)

objects = $(patsubst cgi/%.c,$(B)/obj/%.o,$(wildcard cgi/$(1)/*.c))
archives = $(ROOMS:%=$(B)/lib/%.a)
GEN = $(B)/gen/schema.c $(B)/gen/pages.c $(B)/gen/text.h

LIBS_COMMON = -lsqlite3 -lmbedtls -lmbedx509 -lmbedcrypto -largon2 -ljansson -lutf8proc -lqrencode -lz
LIBS_WEB = -lfcgi

.PHONY: all lib check lint clean
.SECONDARY:
all: $(PROGRAMS:%=$(B)/%)
lib: $(archives)

# Host tool: SQL, templates, texts and static names become C.
$(B)/host/embed: cgi/web/embed/embed.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -O1 -g -o $@ $<

-include $(wildcard $(B)/obj/*/*.d $(B)/tests/*.d)
