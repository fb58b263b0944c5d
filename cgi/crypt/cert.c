/*
 * cert.c: see cert.h. X.509 v3 with ECDSA-P256 and SHA-256 (RFC 5280). SubjectAltName and
 * extendedKeyUsage are written by hand: 2.28 has no call for them.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/when.h"
#include "crypt/cert.h"
#include "crypt/mbed.h"
#include "crypt/random.h"

#define CERT_PEM_MAX 8192
#define CERT_NAMES_MAX 1024u
#define CERT_SERIAL 16
#define CERT_TAG_DNS 0x82	/* GeneralName [2] dNSName */
#define CERT_TAG_IP 0x87	/* GeneralName [7] iPAddress */
#define CERT_TAG_SEQUENCE 0x30
#define CERT_TAG_PERMITTED 0xa0	/* NameConstraints [0] permittedSubtrees */
/* id-ce-nameConstraints */
#define CERT_OID_CONSTRAINTS "\x55\x1d\x1e"

enum rc cert_key_new(struct pool *pool, char **private_pem, char **public_pem)
{
	unsigned char text[CERT_PEM_MAX];
	mbedtls_pk_context key;
	enum rc rc = RC_BUG;

	mbedtls_pk_init(&key);
	if (mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) ||
			mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key),
					mbed_random, NULL) ||
			mbedtls_pk_write_key_pem(&key, text, sizeof(text)))
		goto out;
	*private_pem = pool_strdup(pool, (const char *)text);
	if (mbedtls_pk_write_pubkey_pem(&key, text, sizeof(text)))
		goto out;
	*public_pem = pool_strdup(pool, (const char *)text);
	rc = RC_OK;
out:
	memset(text, 0, sizeof(text));
	mbedtls_pk_free(&key);
	if (rc)
		log_error("cert: no key could be made");
	return rc;
}

/* A name that Mbed TLS reads as one CN and writes back as it was. */
bool cert_name_is_plain(const char *name)
{
	size_t len = strlen(name), i;

	if (len == 0 || len > 64)
		return false;
	for (i = 0; i < len; i++) {
		if (name[i] < 0x20 || name[i] > 0x7e || strchr(",=+\"<>;#\\", name[i]))
			return false;
	}
	return name[0] != ' ' && name[len - 1] != ' ';
}

/* Tag, length below 65536, and bytes. */
static void cert_add_tlv(struct buf *out, uint8_t tag, const void *bytes, size_t len)
{
	buf_char(out, (char)tag);
	if (len >= 256) {
		buf_char(out, (char)(uint8_t)0x82);
		buf_char(out, (char)(uint8_t)(len >> 8));
	} else if (len >= 128) {
		buf_char(out, (char)(uint8_t)0x81);
	}
	buf_char(out, (char)(uint8_t)len);
	buf_add(out, bytes, len);
}

/* One GeneralName: as it stands in a SAN, or (bound) as the base of a GeneralSubtree, where an address
 * is followed by its mask. */
static enum rc cert_add_name(struct buf *list, const char *name, bool bound)
{
	uint8_t address[32];
	struct buf one = { 0 };
	size_t size = inet_pton(AF_INET, name, address) == 1 ? 4 :
			inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;

	memset(address + size, 0xff, sizeof(address) - size);
	if (size)
		cert_add_tlv(&one, CERT_TAG_IP, address, bound ? 2 * size : size);
	else if (cert_name_is_plain(name))
		cert_add_tlv(&one, CERT_TAG_DNS, name, strlen(name));
	else
		return RC_INVALID;
	if (bound)
		cert_add_tlv(list, CERT_TAG_SEQUENCE, one.data, one.len);
	else
		buf_add(list, one.data, one.len);
	buf_free(&one);
	return RC_OK;
}

static int cert_set_list(mbedtls_x509write_cert *cert, const struct buf *list, bool bound)
{
	struct buf whole = { 0 }, outer = { 0 };
	int fault;

	cert_add_tlv(&whole, bound ? CERT_TAG_PERMITTED : CERT_TAG_SEQUENCE, list->data, list->len);
	if (bound) {
		cert_add_tlv(&outer, CERT_TAG_SEQUENCE, whole.data, whole.len);
		fault = mbedtls_x509write_crt_set_extension(cert, CERT_OID_CONSTRAINTS,
				sizeof(CERT_OID_CONSTRAINTS) - 1, 1, (const unsigned char *)outer.data,
				outer.len);
	} else {
		fault = mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_SUBJECT_ALT_NAME,
				MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
				(const unsigned char *)whole.data, whole.len);
	}
	buf_free(&whole);
	buf_free(&outer);
	return fault;
}

static enum rc cert_set_names(mbedtls_x509write_cert *cert, const char *names, bool bound)
{
	struct buf list = { 0 };
	enum rc rc = strlen(names) > CERT_NAMES_MAX ? RC_INVALID : RC_OK;

	while (rc == RC_OK && *names) {
		size_t len = strcspn(names, " ");
		char name[256];

		if (len >= sizeof(name)) {
			rc = RC_INVALID;
		} else if (len) {
			memcpy(name, names, len);
			name[len] = '\0';
			rc = cert_add_name(&list, name, bound);
		}
		names += len + (names[len] == ' ');
	}
	if (rc == RC_OK && list.len && cert_set_list(cert, &list, bound))
		rc = RC_INVALID;
	buf_free(&list);
	return rc;
}

/* keyUsage and extendedKeyUsage: a client's certificate serves no server, and the other way. */
static int cert_set_use(mbedtls_x509write_cert *cert, enum cert_use use)
{
	/* SEQUENCE { OID id-kp-serverAuth | id-kp-clientAuth }, RFC 5280 §4.2.1.12 */
	static const unsigned char server[] = { 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05,
			0x05, 0x07, 0x03, 0x01 };
	static const unsigned char client[] = { 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05,
			0x05, 0x07, 0x03, 0x02 };
	int fault;

	if (use == CERT_CA || use == CERT_BOUND_CA) {
		fault = mbedtls_x509write_crt_set_basic_constraints(cert, 1, 0);
		if (!fault && use == CERT_BOUND_CA)
			fault = mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_EXTENDED_KEY_USAGE,
					MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0, server,
					sizeof(server));
		return fault ? fault : mbedtls_x509write_crt_set_key_usage(cert,
				MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN);
	}
	fault = mbedtls_x509write_crt_set_basic_constraints(cert, 0, -1);
	if (!fault)
		fault = mbedtls_x509write_crt_set_key_usage(cert,
				MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
	if (!fault)
		fault = mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_EXTENDED_KEY_USAGE,
				MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0,
				use == CERT_SERVER ? server : client, sizeof(server));
	return fault;
}

/* "YYYYMMDDhhmmss" UTC. */
static enum rc cert_time_text(int64_t at_ms, char out[15])
{
	int64_t day = at_ms / WHEN_DAY_MS, second = at_ms % WHEN_DAY_MS / 1000;
	int year, month, date;
	char text[32];

	if (at_ms < 0)
		return RC_INVALID;
	when_from_day_number(day, &year, &month, &date);
	if (year > 9999)
		return RC_INVALID;
	snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02d", year, month, date,
			(int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
	memcpy(out, text, 15);
	return RC_OK;
}

static enum rc cert_set_times(mbedtls_x509write_cert *cert, int64_t not_before, int64_t not_after)
{
	char from[15], until[15];

	if (not_after <= not_before || cert_time_text(not_before, from) ||
			cert_time_text(not_after, until) ||
			mbedtls_x509write_crt_set_validity(cert, from, until))
		return RC_INVALID;
	return RC_OK;
}

static int cert_set_serial(mbedtls_x509write_cert *cert)
{
	unsigned char serial[CERT_SERIAL];

	random_bytes(serial, sizeof(serial));
	/* Positive, and never zero at the front: 16 bytes in every form of writing it. */
	serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40);
	return mbed_set_serial(cert, serial, sizeof(serial));
}

/* Mbed TLS knows no name constraints and refuses a critical extension that it does not know. The ones
 * here come from our own CA; who checks a tablet's chain is the tablet. */
static int cert_take_extension(void *unused, const mbedtls_x509_crt *cert,
		const mbedtls_x509_buf *oid, int critical, const unsigned char *from,
		const unsigned char *end)
{
	(void)unused;
	(void)cert;
	(void)critical;
	(void)from;
	(void)end;
	return oid->len == sizeof(CERT_OID_CONSTRAINTS) - 1 &&
			memcmp(oid->p, CERT_OID_CONSTRAINTS, oid->len) == 0 ? 0 : -1;
}

static enum rc cert_parse_pem(mbedtls_x509_crt *cert, const char *pem)
{
	mbedtls_pem_context one;
	size_t used;
	enum rc rc = RC_INVALID;

	if (mbedtls_x509_crt_parse(cert, (const unsigned char *)pem, strlen(pem) + 1) == 0)
		return RC_OK;
	mbedtls_x509_crt_free(cert);
	mbedtls_x509_crt_init(cert);
	mbedtls_pem_init(&one);
	if (mbedtls_pem_read_buffer(&one, "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
			(const unsigned char *)pem, NULL, 0, &used) == 0 &&
			mbedtls_x509_crt_parse_der_with_ext_cb(cert, mbed_pem_bytes(&one),
					mbed_pem_size(&one), 1, cert_take_extension, NULL) == 0)
		rc = RC_OK;
	mbedtls_pem_free(&one);
	return rc;
}

/* The new certificate must verify under its issuer, dates aside: names and key fit together. */
static enum rc cert_fits(const char *pem, const char *issuer_pem)
{
	mbedtls_x509_crt cert, issuer;
	enum rc rc = RC_INVALID;
	uint32_t flags = 0;
	int fault;

	mbedtls_x509_crt_init(&cert);
	mbedtls_x509_crt_init(&issuer);
	if (cert_parse_pem(&cert, pem) || cert_parse_pem(&issuer, issuer_pem ? issuer_pem : pem))
		goto out;
	fault = mbedtls_x509_crt_verify(&cert, &issuer, NULL, NULL, &flags, NULL, NULL);
	flags &= (uint32_t)~(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
	if (flags == 0 && (fault == 0 || fault == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED))
		rc = RC_OK;
out:
	mbedtls_x509_crt_free(&cert);
	mbedtls_x509_crt_free(&issuer);
	return rc;
}

struct cert_work {
	mbedtls_x509write_cert cert;
	mbedtls_x509_crt issuer;
	mbedtls_pk_context subject_key, issuer_key;
};

static enum rc cert_set_issuer(struct cert_work *work, const char *subject,
		const char *issuer_cert_pem)
{
	char name[512];

	if (!issuer_cert_pem)
		return mbedtls_x509write_crt_set_issuer_name(&work->cert, subject) ?
				RC_INVALID : RC_OK;
	if (cert_parse_pem(&work->issuer, issuer_cert_pem) ||
			mbedtls_x509_dn_gets(name, sizeof(name), &work->issuer.subject) < 0 ||
			mbedtls_x509write_crt_set_issuer_name(&work->cert, name))
		return RC_INVALID;
	return RC_OK;
}

enum rc cert_issue(struct pool *pool, enum cert_use use, const char *common_name,
		const char *names, const char *subject_public_pem, const char *issuer_cert_pem,
		const char *issuer_key_pem, int64_t not_before, int64_t not_after, char **cert_pem)
{
	unsigned char pem[CERT_PEM_MAX];
	struct cert_work work;
	enum rc rc = RC_INVALID;
	char subject[80];

	*cert_pem = NULL;
	if (!cert_name_is_plain(common_name))
		return RC_INVALID;
	snprintf(subject, sizeof(subject), "CN=%s", common_name);
	mbedtls_x509write_crt_init(&work.cert);
	mbedtls_x509_crt_init(&work.issuer);
	mbedtls_pk_init(&work.subject_key);
	mbedtls_pk_init(&work.issuer_key);
	if (mbedtls_pk_parse_public_key(&work.subject_key,
			(const unsigned char *)subject_public_pem, strlen(subject_public_pem) + 1) ||
			mbed_parse_key(&work.issuer_key, (const unsigned char *)issuer_key_pem,
					strlen(issuer_key_pem) + 1))
		goto out;
	mbedtls_x509write_crt_set_version(&work.cert, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(&work.cert, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_subject_key(&work.cert, &work.subject_key);
	mbedtls_x509write_crt_set_issuer_key(&work.cert, &work.issuer_key);
	if (mbedtls_x509write_crt_set_subject_name(&work.cert, subject) ||
			cert_set_issuer(&work, subject, issuer_cert_pem) ||
			cert_set_serial(&work.cert) ||
			cert_set_times(&work.cert, not_before, not_after) ||
			cert_set_use(&work.cert, use) ||
			mbedtls_x509write_crt_set_subject_key_identifier(&work.cert) ||
			mbedtls_x509write_crt_set_authority_key_identifier(&work.cert) ||
			(names && cert_set_names(&work.cert, names, use == CERT_BOUND_CA)) ||
			mbedtls_x509write_crt_pem(&work.cert, pem, sizeof(pem), mbed_random, NULL))
		goto out;
	rc = cert_fits((const char *)pem, issuer_cert_pem);
	if (rc == RC_OK)
		*cert_pem = pool_strdup(pool, (const char *)pem);
out:
	mbedtls_x509write_crt_free(&work.cert);
	mbedtls_x509_crt_free(&work.issuer);
	mbedtls_pk_free(&work.subject_key);
	mbedtls_pk_free(&work.issuer_key);
	return rc;
}

enum rc cert_read(struct pool *pool, const char *pem, struct cert_info *out)
{
	const mbedtls_x509_name *name;
	mbedtls_x509_crt cert;
	enum rc rc = RC_INVALID;

	memset(out, 0, sizeof(*out));
	out->common_name = "";
	mbedtls_x509_crt_init(&cert);
	/* Above 0: that many further certificates could not be read; the first is what counts. */
	if (mbedtls_x509_crt_parse(&cert, (const unsigned char *)pem, strlen(pem) + 1) < 0 ||
			!cert.raw.p)
		goto out;
	for (name = &cert.subject; name; name = name->next) {
		if (name->oid.p && MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0)
			out->common_name = pool_strndup(pool, (const char *)name->val.p,
					name->val.len);
	}
	out->not_before = mbed_time_ms(&cert.valid_from);
	out->not_after = mbed_time_ms(&cert.valid_to);
	hash_sha256(cert.raw.p, cert.raw.len, out->fingerprint);
	rc = RC_OK;
out:
	mbedtls_x509_crt_free(&cert);
	return rc;
}

bool cert_is_for(const char *pem, const char *issuer_pem, const char *key_pem)
{
	mbedtls_x509_crt cert;
	mbedtls_pk_context key;
	bool fits;

	mbedtls_x509_crt_init(&cert);
	mbedtls_pk_init(&key);
	fits = cert_parse_pem(&cert, pem) == RC_OK && mbed_parse_key(&key,
			(const unsigned char *)key_pem, strlen(key_pem) + 1) == 0 &&
			mbed_check_pair(&cert.pk, &key) == 0 && cert_fits(pem, issuer_pem) == RC_OK;
	mbedtls_x509_crt_free(&cert);
	mbedtls_pk_free(&key);
	return fits;
}

bool cert_has_key(const char *pem, const char *key_pem)
{
	mbedtls_x509_crt cert;
	mbedtls_pk_context key;
	bool fits;

	mbedtls_x509_crt_init(&cert);
	mbedtls_pk_init(&key);
	/* Further certificates of a chain may be of a kind that is not known here. */
	fits = mbedtls_x509_crt_parse(&cert, (const unsigned char *)pem, strlen(pem) + 1) >= 0 &&
			cert.raw.p && mbed_parse_key(&key, (const unsigned char *)key_pem,
					strlen(key_pem) + 1) == 0 && mbed_check_pair(&cert.pk, &key) == 0;
	mbedtls_x509_crt_free(&cert);
	mbedtls_pk_free(&key);
	return fits;
}

bool cert_names(const char *pem, const char *name)
{
	mbedtls_x509_crt cert;
	uint32_t flags = MBEDTLS_X509_BADCERT_CN_MISMATCH;

	mbedtls_x509_crt_init(&cert);
	/* The verdict on the chain is of no interest, only that on the name. */
	if (mbedtls_x509_crt_parse(&cert, (const unsigned char *)pem, strlen(pem) + 1) >= 0 && cert.raw.p)
		(void)mbedtls_x509_crt_verify(&cert, &cert, NULL, name, &flags, NULL, NULL);
	mbedtls_x509_crt_free(&cert);
	return (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) == 0;
}
