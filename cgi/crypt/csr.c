/*
 * csr.c: see csr.h. Mbed TLS parses a request without looking at its signature: that is done here.
 */
#include <string.h>

#include "crypt/cert.h"
#include "crypt/csr.h"
#include "crypt/hash.h"
#include "crypt/mbed.h"

#define CSR_PEM_MAX 4096

enum rc csr_new(struct pool *pool, const char *common_name, const char *key_pem, char **csr_pem)
{
	unsigned char text[CSR_PEM_MAX];
	mbedtls_x509write_csr csr;
	mbedtls_pk_context key;
	enum rc rc = RC_INVALID;

	mbedtls_pk_init(&key);
	mbedtls_x509write_csr_init(&csr);
	if (!cert_name_is_plain(common_name) || mbed_parse_key(&key, (const unsigned char *)key_pem,
			strlen(key_pem) + 1))
		goto out;
	mbedtls_x509write_csr_set_md_alg(&csr, MBEDTLS_MD_SHA256);
	mbedtls_x509write_csr_set_key(&csr, &key);
	if (mbedtls_x509write_csr_set_subject_name(&csr, pool_printf(pool, "CN=%s", common_name)) ||
			mbedtls_x509write_csr_pem(&csr, text, sizeof(text), mbed_random, NULL))
		goto out;
	*csr_pem = pool_strdup(pool, (const char *)text);
	rc = RC_OK;
out:
	mbedtls_x509write_csr_free(&csr);
	mbedtls_pk_free(&key);
	return rc;
}

static bool csr_is_signed(mbedtls_x509_csr *csr)
{
	const mbedtls_x509_buf *signature = &csr->MBEDTLS_PRIVATE(sig);
	uint8_t digest[HASH_SIZE];

	if (csr->MBEDTLS_PRIVATE(sig_md) != MBEDTLS_MD_SHA256 ||
			!mbedtls_pk_can_do(&csr->pk, MBEDTLS_PK_ECDSA) ||
			mbed_group(mbedtls_pk_ec(csr->pk))->id != MBEDTLS_ECP_DP_SECP256R1)
		return false;
	hash_sha256(csr->cri.p, csr->cri.len, digest);
	return mbedtls_pk_verify(&csr->pk, MBEDTLS_MD_SHA256, digest, sizeof(digest), signature->p,
			signature->len) == 0;
}

enum rc csr_read(struct pool *pool, const char *csr_pem, char **common_name, char **public_pem)
{
	unsigned char text[CSR_PEM_MAX];
	const mbedtls_x509_name *name;
	mbedtls_x509_csr csr;
	size_t names = 0;
	enum rc rc = RC_INVALID;

	mbedtls_x509_csr_init(&csr);
	if (strlen(csr_pem) >= CSR_PEM_MAX || mbedtls_x509_csr_parse(&csr,
			(const unsigned char *)csr_pem, strlen(csr_pem) + 1))
		goto out;
	for (name = &csr.subject; name; name = name->next) {
		if (name->oid.p && MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0)
			*common_name = pool_strndup(pool, (const char *)name->val.p, name->val.len);
		names++;
	}
	if (names != 1 || !csr_is_signed(&csr) || mbedtls_pk_write_pubkey_pem(&csr.pk, text,
			sizeof(text)))
		goto out;
	*public_pem = pool_strdup(pool, (const char *)text);
	rc = *common_name && cert_name_is_plain(*common_name) ? RC_OK : RC_INVALID;
out:
	mbedtls_x509_csr_free(&csr);
	return rc;
}
