/* fuzz_pdf.c: a PDF is locked or not however it comes in pieces. */
#include <stdint.h>
#include <stdlib.h>

#include "base/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pdf_scan whole = { 0, false, false }, pieces = { 0, false, false };

	pdf_scan_feed(&whole, data, size);
	for (size_t i = 0; i < size; i++)
		pdf_scan_feed(&pieces, data + i, 1);
	if (whole.encrypted != pieces.encrypted)
		abort();
	return 0;
}
