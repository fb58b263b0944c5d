# Trạm. `make` builds every program into build/ and checks the house rules, `make check` runs the
# unit tests, `make lint` the rules alone, `make fuzz` builds the fuzz targets (clang).
# V=1 shows commands. Other trees beside it:
#	make B=build/asan CC=clang SANITIZE=1	(unit, flow and fuzz tests)
#	make B=build/arm64 CROSS=arm64		(scripts/sysroot makes build/sysroot-trixie-arm64 first)
#	make B=… CROSS=armhf SUITE=bookworm	(scripts/sysroot bookworm armhf)

B ?= build
CC = gcc
HOSTCC ?= gcc
AR = ar
CLANG = $(findstring clang,$(CC))
DESTDIR ?=
PREFIX ?= /usr
Q = $(if $(V),,@)
say = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),$(if $(V),,@),@echo "  $(1)";)

ROOMS = base crypt dossier store web link
# program:source of main
MAINS = tram-intake:intake/main tram-lookup:lookup/main tram-admin:admin/main \
	tram-center:center/main_pages tram-machine:center/main_machine tram-forward:forward/main \
	tram-sheet:sheet/main tram-image:image/main tram:tool/main
PROGRAMS = $(foreach m,$(MAINS),$(if $(wildcard cgi/$(lastword $(subst :, ,$(m))).c),$(firstword \
	$(subst :, ,$(m)))))

ifdef CROSS
SUITE ?= trixie
SYSROOT = $(CURDIR)/build/sysroot-$(SUITE)-$(CROSS)
TRIPLET = $(if $(filter arm64,$(CROSS)),aarch64-linux-gnu,$(if $(filter armhf,$(CROSS)),arm-linux-gnueabihf,x86_64-linux-gnu))
CC = $(TRIPLET)-gcc
AR = $(TRIPLET)-ar
# The sysroot first: Debian's cross compiler prefers its own libc of Debian 12.
CROSS_FLAGS = --sysroot=$(SYSROOT) -isystem $(SYSROOT)/usr/include/$(TRIPLET) \
	-isystem $(SYSROOT)/usr/include $(if $(filter armhf,$(CROSS)),-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)
CROSS_LIBS = -L$(SYSROOT)/usr/lib/$(TRIPLET) -B$(SYSROOT)/usr/lib/$(TRIPLET)
# The processor of a Raspberry Pi 3. qemu's own choice also signs return addresses, as Debian 13's libraries
# ask of newer ones, which emulated takes five times as long.
RUN = qemu-$(if $(filter armhf,$(CROSS)),arm-static,aarch64-static -cpu cortex-a53) -L $(SYSROOT)
endif
ifdef SANITIZE
# clang does not say of itself what gcc says. What fuzz targets need slows the rest little, and spares a
# tree of their own.
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer \
	$(if $(CLANG),-D__SANITIZE_ADDRESS__=1 -fsanitize=fuzzer-no-link)
endif

# Some 150 test programs with the sanitizers' runtime: bfd takes four times as long as lld.
FAST_LINK = $(if $(CLANG),$(if $(shell command -v ld.lld),-fuse-ld=lld))

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wvla $(if $(LOOSE),,-Werror)
HARDEN = -fPIE -fstack-protector-strong $(if $(SANITIZE),,-ffunction-sections -fdata-sections \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
# A tree for tests alone (QUICK=1, and with sanitizers) is made to be compiled soon: with sanitizers -O2 takes
# twice as long as -O1, and that three times as long as -O0, which pages, tools and tests get: they compute little.
# Below -O2 gcc does not see what a number can be, and fears for texts that are long enough.
ifdef SANITIZE
QUICK = 1
endif
QUICK_FLAGS = -g1 $(if $(CLANG),,-Wno-format-truncation)
CFLAGS ?= $(if $(QUICK),-O1 $(QUICK_FLAGS),-O2 -g)
C_FLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L $(WARN) $(HARDEN) $(CROSS_FLAGS) $(SANITIZERS) \
	-Icgi -I$(B)/gen -isystem $(SYSROOT)/usr/include/postgresql -MMD -MP $(CFLAGS)
# Packed relocations and no unused parts: every process reads, and holds, what its program is made of.
# binutils 2.40 packs them for x86 alone.
LD_FLAGS = -pie $(CROSS_FLAGS) $(CROSS_LIBS) $(SANITIZERS) -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed \
	$(if $(CROSS)$(SANITIZE),,-Wl,-z,pack-relative-relocs) $(if $(SANITIZE),$(FAST_LINK),-Wl,--gc-sections) \
	$(LDFLAGS)

# What each floor stands on outside the house. --as-needed leaves out what a program does not call.
LIBS = -lsqlite3 -lmbedtls -lmbedx509 -lmbedcrypto -largon2 -ljansson -lutf8proc -lqrencode -lz
LIBS_FCGI = -lfcgi
LIBS_PG = -lpq
LIBS_SHEET = -lxlsxwriter -lzip -lexpat -lm
LIBS_IMAGE = -ljpeg -lpng -lzbar -lz

to_objects = $(patsubst cgi/%.c,$(B)/obj/%.o,$(1))
room = $(call to_objects,$(wildcard cgi/$(1)/*.c))
without = $(filter-out $(addprefix $(B)/obj/,$(2)),$(1))

# A .c file becomes an object, a room an archive. The PostgreSQL driver is an archive of its own:
# only what may speak to a server links it (libpq triples a worker's memory).
PG_OBJECTS = $(call to_objects,$(wildcard cgi/store/*_pg.c cgi/store/pg_*.c))
EMBED = $(if $(wildcard cgi/web/embed/embed.c),$(B)/host/embed)
ARCHIVES = $(ROOMS:%=$(B)/lib/%.a)

MAKEFLAGS += --no-builtin-rules
.PHONY: all programs lib lint check unit fuzz fuzz-targets install clean
.SECONDARY:
.DELETE_ON_ERROR:
all: programs lint
programs: lib $(PROGRAMS:%=$(B)/%)
lib: $(ARCHIVES) $(B)/lib/pg.a $(B)/lib/sheet.a $(B)/lib/image.a

$(B)/obj/%.o: cgi/%.c | $(B)/gen/stamp
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(C_FLAGS) -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/stamp
	@mkdir -p $(@D)
	$(call say,CC gen/$*.c)$(CC) $(C_FLAGS) -c -o $@ $(B)/gen/$*.c
define archive
$(B)/lib/$(1).a: $(2)
	@mkdir -p $$(@D) && rm -f $$@
	$$(call say,AR $(1))$(AR) rcs $$@ $$^
endef
$(foreach r,base crypt dossier link,$(eval $(call archive,$(r),$(call room,$(r)))))
$(eval $(call archive,store,$(filter-out $(PG_OBJECTS),$(call room,store)) $(if $(EMBED),$(B)/obj/gen/schema.o)))
$(eval $(call archive,web,$(call room,web) $(if $(EMBED),$(B)/obj/gen/pages.o)))
$(eval $(call archive,pg,$(PG_OBJECTS)))
# Spreadsheets: a program of its own, so that a page's worker never holds these libraries.
$(eval $(call archive,sheet,$(filter-out %/main.o,$(call room,sheet))))
# Pictures from strangers: likewise.
$(eval $(call archive,image,$(filter-out %/main.o,$(call room,image))))
ifdef QUICK
$(foreach r,admin center intake lookup tool unit,$(B)/obj/$(r)/%.o) $(B)/fuzz/%: private CFLAGS = -O0 $(QUICK_FLAGS)
endif
# Loops over all pixels of a photo.
$(B)/obj/image/raster.o $(B)/obj/image/quality.o: C_FLAGS += $(if $(SANITIZE),,-O3)

# SQL, catalogue, templates, texts and the names of static files become C by a tool of our own.
EMBEDDED = $(shell find cgi/schema www board -type f ! -path 'board/lighttpd/*' \
	! -path 'board/systemd/*' ! -path 'board/package/*' ! -path 'board/network/*' ! -path 'board/image/*' \
	! -path 'board/first-boot/*' ! -path 'board/docs/*' ! -name '*.md' 2>/dev/null)
$(B)/host/embed: $(wildcard cgi/web/embed/*) cgi/web/pages.h
	@mkdir -p $(@D)
	$(call say,HOSTCC $<)$(HOSTCC) -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -O1 -g -o $@ $(filter %.c,$^)
$(B)/gen/stamp: $(EMBED) $(EMBEDDED)
	@mkdir -p $(B)/gen $(B)/static
	$(if $(EMBED),$(call say,EMBED)$(abspath $(EMBED)) . $(B))
	@touch $@

# Programs. A page program never links `link`, the forwarder never `web`; the command line explains
# the rules in the sentences of web.
PAGES = web store dossier crypt base
MACHINE = web link store dossier crypt base
QUIET = link store dossier crypt base
# A board's pages: each program with its own, before the archive that has them all.
own_pages = $(if $(EMBED),$(B)/obj/gen/pages_$(1).o)
define program
$(B)/$(1): $(2) $(3:%=$(B)/lib/%.a) $(if $(5),$(B)/lib/pg.a)
	$$(call say,LD $(1))$$(CC) -o $$@ $(2) $(if $(5),-Wl$$(comma)--whole-archive $(B)/lib/pg.a \
		-Wl$$(comma)--no-whole-archive) -Wl,--start-group $(3:%=$(B)/lib/%.a) \
		-Wl,--end-group $$(LD_FLAGS) $(4) $$(LIBS) $(if $(5),$$(LIBS_PG))
endef
comma = ,
CENTER = $(call room,center)
CENTER_PAGES = $(filter-out $(B)/obj/center/machine_%.o $(B)/obj/center/main_machine.o,$(CENTER))
CENTER_MACHINE = $(filter-out $(B)/obj/center/pages_%.o $(B)/obj/center/main_pages.o,$(CENTER))
$(eval $(call program,tram-intake,$(call room,intake) $(call own_pages,intake),$(PAGES),$(LIBS_FCGI),))
$(eval $(call program,tram-lookup,$(call room,lookup) $(call own_pages,lookup),$(PAGES),$(LIBS_FCGI),))
$(eval $(call program,tram-admin,$(call room,admin) $(call own_pages,admin),$(PAGES),$(LIBS_FCGI),))
$(eval $(call program,tram-center,$(CENTER_PAGES),$(PAGES),$(LIBS_FCGI),pg))
$(eval $(call program,tram-machine,$(CENTER_MACHINE),$(MACHINE),$(LIBS_FCGI),pg))
$(eval $(call program,tram-forward,$(call room,forward),$(QUIET),,))
$(eval $(call program,tram-sheet,$(B)/obj/sheet/main.o,sheet base,$(LIBS_SHEET),))
$(eval $(call program,tram-image,$(B)/obj/image/main.o,image base,$(LIBS_IMAGE),))
$(eval $(call program,tram,$(call room,tool),web $(QUIET),,pg))

# House rules (include floors, banned calls, language of the sources …).
SOURCES = $(filter-out cgi/web/embed/%,$(wildcard cgi/*/*.c))
lint: $(EMBED)
	$(call say,LINT)perl tests/lint/rules.pl -q
	$(if $(shell command -v node),$(Q)node tests/lib/routes.mjs --check)
	$(if $(EMBED),$(Q)$(abspath $(EMBED)) --check-c $(SOURCES))

# Unit tests: every tests/unit/test_*.c is a program, linked with all rooms and the fixtures.
UNIT = $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
FIXTURES = $(patsubst tests/unit/%.c,$(B)/obj/unit/%.o,$(wildcard tests/unit/*_fixture.c))
LINK_ALL = -Wl,--whole-archive $(B)/lib/pg.a -Wl,--no-whole-archive -Wl,--start-group $(ARCHIVES) \
	$(B)/lib/sheet.a $(B)/lib/image.a -Wl,--end-group $(LD_FLAGS) $(LIBS_FCGI) $(LIBS) $(LIBS_PG) $(LIBS_SHEET) \
	$(LIBS_IMAGE)
$(B)/obj/unit/%.o: tests/unit/%.c | $(B)/gen/stamp
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(C_FLAGS) -Itests/unit -c -o $@ $<
$(B)/tests/%: $(B)/obj/unit/%.o $(FIXTURES) $(ARCHIVES) $(B)/lib/pg.a $(B)/lib/sheet.a $(B)/lib/image.a
	@mkdir -p $(@D)
	$(call say,LD $@)$(CC) -o $@ $< $(FIXTURES) $(LINK_ALL) -lcmocka
unit: $(UNIT) $(B)/tram-sheet $(B)/tram-image
check: unit
	$(Q)RUN='$(RUN)' TRAM_STEPS=$${TRAM_STEPS:-$(if $(CROSS),2000,8000)} sh tests/unit/run.sh $(B) $(UNIT)

# Fuzz targets (libFuzzer; in clang's tree with sanitizers and coverage) and small test tools: FastCGI
# peers, preloaded fault libraries.
FUZZ = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz:
	$(Q)$(MAKE) CC=clang B=$(B)/asan SANITIZE=1 fuzz-targets
fuzz-targets: $(FUZZ)
$(B)/fuzz/%: tests/fuzz/%.c $(ARCHIVES) $(B)/lib/pg.a $(B)/lib/sheet.a $(B)/lib/image.a
	@mkdir -p $(@D)
	$(call say,FUZZ $@)$(CC) $(C_FLAGS) -fsanitize=fuzzer -o $@ $< $(LINK_ALL)
$(B)/peer/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(C_FLAGS) -o $@ $< $(LD_FLAGS) $(LIBS_FCGI) $(LIBS) $(LIBS_IMAGE) -lm
$(B)/peer/fill: $(B)/peer/%: tests/bench/%.c $(ARCHIVES) $(B)/lib/pg.a $(B)/lib/sheet.a $(B)/lib/image.a
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(C_FLAGS) -o $@ $< $(LINK_ALL)
$(B)/preload/%.so: tests/crash/%.c
	@mkdir -p $(@D)
	$(call say,CC $<)$(CC) $(filter-out -fPIE,$(C_FLAGS)) -fPIC -shared -o $@ $< -ldl

# One folder is one version: programs, the static files their pages name, lighttpd's own error pages.
LIBDIR = $(DESTDIR)$(PREFIX)/lib/tram
SHARE = $(DESTDIR)$(PREFIX)/share/tram
install: programs
	install -d $(DESTDIR)$(PREFIX)/bin $(LIBDIR) $(SHARE)/static $(SHARE)/errors $(SHARE)/lighttpd
	install -m 755 $(PROGRAMS:%=$(B)/%) $(LIBDIR)
	install -m 755 board/package/tram $(DESTDIR)$(PREFIX)/bin/tram
	install -m 644 $(wildcard $(B)/static/*) $(SHARE)/static
	install -m 644 $(wildcard board/lighttpd/errors/*) $(SHARE)/errors
	install -m 644 $(wildcard board/lighttpd/*.in) $(SHARE)/lighttpd
	ln -sfn ../../share/tram/static $(LIBDIR)/static
	ln -sfn ../../share/tram/errors $(LIBDIR)/errors

clean:
	rm -rf $(addprefix $(B)/,obj lib gen host static tests fuzz peer preload) $(PROGRAMS:%=$(B)/%)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
