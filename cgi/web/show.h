/*
 * show.h: times, money and codes as people write them (UI.md 10).
 */
#ifndef TRAM_WEB_SHOW_H
#define TRAM_WEB_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

char *show_time_paper(struct pool *pool, int64_t at_ms);	/* 15 giờ 05 phút, ngày 25 tháng 11 năm 2026 */
char *show_due_paper(struct pool *pool, int64_t at_ms);		/* 15 giờ 05 phút, thứ Tư, ngày 25 tháng 11 năm 2026 */
char *show_date_paper(struct pool *pool, int64_t at_ms);	/* ngày 25 tháng 11 năm 2026 */
char *show_time_screen(struct pool *pool, int64_t at_ms);	/* 15:05, thứ Tư 25/11/2026 */
char *show_time_plain(struct pool *pool, int64_t at_ms);		/* 25/11/2026 15:05 */
char *show_clock(struct pool *pool, int64_t at_ms);		/* 09:14 */
char *show_date(struct pool *pool, int64_t at_ms);		/* 25/11/2026 */
char *show_birth(struct pool *pool, const char *iso);		/* "1990-03-05" → 05/03/1990, "1990" → 1990 */
/* "Còn 2 ngày" · "Đến hạn hôm nay 16:30" · "Quá hạn 1 ngày"; *tag: "ok" | "wait" | "bad". */
char *show_due(struct pool *pool, int64_t due_at, int64_t now_ms, const char **tag);
char *show_money(struct pool *pool, int64_t dong);		/* 10.000 đ */
char *show_money_words(struct pool *pool, int64_t dong);	/* Mười nghìn đồng */
char *show_bytes(struct pool *pool, int64_t bytes);		/* 1,4 MB */
/* SVG of a QR (libqrencode, level M) and of a Code 128 barcode. */
char *show_qr_svg(struct pool *pool, const char *text);
char *show_code128_svg(struct pool *pool, const char *text);

#endif
