/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One native vector of doubles.
 *
 * `vd` is a GCC/clang vector of WIDTH doubles, so + - * / are written as such and
 * round exactly as in scalar code. `vm` is a mask of WIDTH lanes, whatever the
 * target uses for one. This header hides the few things the vector extension lacks:
 * comparisons into masks, selection, mask tests, bits to mask and back, floor and root.
 * With NaN every comparison is false except ne().
 */
#ifndef ADMF_KERNELS_VEC_H
#define ADMF_KERNELS_VEC_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kernels/isa.h"

#define VEC static inline __attribute__((always_inline))

#if defined(__x86_64__)
#include <immintrin.h>

/* Eight 16-bit numbers. */
typedef __m128i eight_codes;
VEC eight_codes smaller_codes(eight_codes a, eight_codes b) { return _mm_min_epi16(a, b); }
VEC eight_codes larger_codes(eight_codes a, eight_codes b) { return _mm_max_epi16(a, b); }
/* The one instruction there is for it takes them without a sign. */
VEC int16_t least_code(eight_codes a)
{
    __m128i x = _mm_minpos_epu16(_mm_xor_si128(a, _mm_set1_epi16(INT16_MIN)));
    return (int16_t)(_mm_cvtsi128_si32(x) ^ INT16_MIN);
}
VEC int16_t greatest_code(eight_codes a)
{
    __m128i x = _mm_minpos_epu16(_mm_xor_si128(a, _mm_set1_epi16(INT16_MAX)));
    return (int16_t)(_mm_cvtsi128_si32(x) ^ INT16_MAX);
}
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)

enum { WIDTH = 8 };
typedef double vd __attribute__((vector_size(64)));
typedef uint64_t vu __attribute__((vector_size(64)));
typedef __mmask8 vm;

VEC vm lt(vd a, vd b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
VEC vm le(vd a, vd b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
VEC vm eq(vd a, vd b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
VEC vm ne(vd a, vd b) { return _mm512_cmp_pd_mask(a, b, _CMP_NEQ_UQ); }
VEC vm both(vm a, vm b) { return (vm)(a & b); }
VEC vm either(vm a, vm b) { return (vm)(a | b); }
VEC vm differ(vm a, vm b) { return (vm)(a ^ b); }
VEC vm without(vm a, vm b) { return (vm)(a & ~b); }
VEC vm none(void) { return 0; }
VEC vm all(void) { return 0xff; }
VEC vd sel(vm m, vd a, vd b) { return _mm512_mask_blend_pd(m, b, a); }
VEC unsigned bits(vm m) { return m; }
VEC vm mask_of(unsigned bit_per_lane) { return (vm)bit_per_lane; }
/* Bit `t` of each lane's word. */
VEC vm bit_at(vu words, unsigned t)
{
    return _mm512_test_epi64_mask((__m512i)words, _mm512_set1_epi64((int64_t)((uint64_t)1 << t)));
}
/* The whole parts of eight numbers, x[8 / WIDTH], that fit. */
VEC eight_codes whole_parts(const vd *x)
{
    return _mm256_cvtepi32_epi16(_mm512_cvttpd_epi32(x[0]));
}
/* Bits of the places at which a[i] > b[i], of 64 numbers; false if any are equal, and then
 * equal_codes() says where. */
VEC bool compare_codes(const int16_t *a, const int16_t *b, uint64_t *greater)
{
    __m512i a0 = _mm512_loadu_si512(a), a1 = _mm512_loadu_si512(a + 32);
    __m512i b0 = _mm512_loadu_si512(b), b1 = _mm512_loadu_si512(b + 32);
    *greater = (uint64_t)_mm512_cmpgt_epi16_mask(a0, b0) | (uint64_t)_mm512_cmpgt_epi16_mask(a1, b1)
                                                               << 32;
    return (_mm512_cmpeq_epi16_mask(a0, b0) | _mm512_cmpeq_epi16_mask(a1, b1)) == 0;
}
VEC uint64_t equal_codes(const int16_t *a, const int16_t *b)
{
    __m512i a0 = _mm512_loadu_si512(a), a1 = _mm512_loadu_si512(a + 32);
    __m512i b0 = _mm512_loadu_si512(b), b1 = _mm512_loadu_si512(b + 32);
    return (uint64_t)_mm512_cmpeq_epi16_mask(a0, b0) | (uint64_t)_mm512_cmpeq_epi16_mask(a1, b1)
                                                           << 32;
}
/* Lanes whose word is not 0. */
VEC vm some(vu words) { return _mm512_test_epi64_mask((__m512i)words, (__m512i)words); }
/* The last of `before`, then all but the last of `words`. */
VEC vu words_before(vu words, vu before)
{
    return (vu)_mm512_alignr_epi64((__m512i)words, (__m512i)before, 7);
}
VEC vd vfloor(vd a) { return _mm512_roundscale_pd(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC); }
VEC vd vsqrt(vd a) { return _mm512_sqrt_pd(a); }

#elif defined(__AVX2__)

enum { WIDTH = 4 };
typedef double vd __attribute__((vector_size(32)));
typedef int64_t vi __attribute__((vector_size(32)));
typedef uint64_t vu __attribute__((vector_size(32)));
typedef struct {
    __m256d m;
} vm;

VEC vm lt(vd a, vd b) { return (vm){_mm256_cmp_pd(a, b, _CMP_LT_OQ)}; }
VEC vm le(vd a, vd b) { return (vm){_mm256_cmp_pd(a, b, _CMP_LE_OQ)}; }
VEC vm eq(vd a, vd b) { return (vm){_mm256_cmp_pd(a, b, _CMP_EQ_OQ)}; }
VEC vm ne(vd a, vd b) { return (vm){_mm256_cmp_pd(a, b, _CMP_NEQ_UQ)}; }
VEC vm both(vm a, vm b) { return (vm){_mm256_and_pd(a.m, b.m)}; }
VEC vm either(vm a, vm b) { return (vm){_mm256_or_pd(a.m, b.m)}; }
VEC vm differ(vm a, vm b) { return (vm){_mm256_xor_pd(a.m, b.m)}; }
VEC vm without(vm a, vm b) { return (vm){_mm256_andnot_pd(b.m, a.m)}; }
VEC vm none(void) { return (vm){_mm256_setzero_pd()}; }
VEC vm all(void) { return (vm){(__m256d)_mm256_set1_epi64x(-1)}; }
VEC vd sel(vm m, vd a, vd b) { return _mm256_blendv_pd(b, a, m.m); }
VEC unsigned bits(vm m) { return (unsigned)_mm256_movemask_pd(m.m); }
VEC vm mask_of(unsigned bit_per_lane)
{
    const vi lane = {1, 2, 4, 8};
    vi all_bits = (vi){0, 0, 0, 0} + (int64_t)bit_per_lane;
    return (vm){(__m256d)((all_bits & lane) == lane)};
}
VEC vm bit_at(vu words, unsigned t)
{
    vi top = (vi)(words << (63 - t));
    return (vm){(__m256d)(top < 0)};
}
VEC eight_codes whole_parts(const vd *x)
{
    return _mm_packs_epi32(_mm256_cvttpd_epi32(x[0]), _mm256_cvttpd_epi32(x[1]));
}
VEC bool compare_codes(const int16_t *a, const int16_t *b, uint64_t *greater)
{
    __m256i equal = _mm256_setzero_si256();
    *greater = 0;
    for (int i = 0; i < 64; i += 32) {
        __m256i a0 = _mm256_loadu_si256((const __m256i *)(a + i));
        __m256i a1 = _mm256_loadu_si256((const __m256i *)(a + i + 16));
        __m256i b0 = _mm256_loadu_si256((const __m256i *)(b + i));
        __m256i b1 = _mm256_loadu_si256((const __m256i *)(b + i + 16));
        equal = _mm256_or_si256(equal, _mm256_cmpeq_epi16(a0, b0));
        equal = _mm256_or_si256(equal, _mm256_cmpeq_epi16(a1, b1));
        /* Packing goes by halves of 128 bits; the permutation puts them in order. */
        __m256i bytes = _mm256_packs_epi16(_mm256_cmpgt_epi16(a0, b0), _mm256_cmpgt_epi16(a1, b1));
        bytes = _mm256_permute4x64_epi64(bytes, 0xd8);
        *greater |= (uint64_t)(uint32_t)_mm256_movemask_epi8(bytes) << i;
    }
    return _mm256_testz_si256(equal, equal);
}
VEC uint64_t equal_codes(const int16_t *a, const int16_t *b)
{
    uint64_t equal = 0;
    for (int i = 0; i < 64; i += 16) {
        __m256i same = _mm256_cmpeq_epi16(_mm256_loadu_si256((const __m256i *)(a + i)),
                                          _mm256_loadu_si256((const __m256i *)(b + i)));
        __m128i bytes =
            _mm_packs_epi16(_mm256_castsi256_si128(same), _mm256_extracti128_si256(same, 1));
        equal |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i;
    }
    return equal;
}
VEC vm some(vu words) { return (vm){(__m256d)(words != 0)}; }
VEC vu words_before(vu words, vu before) { return (vu){before[3], words[0], words[1], words[2]}; }
VEC vd vfloor(vd a) { return _mm256_floor_pd(a); }
VEC vd vsqrt(vd a) { return _mm256_sqrt_pd(a); }

#elif defined(__SSE4_2__)

enum { WIDTH = 2 };
typedef double vd __attribute__((vector_size(16)));
typedef int64_t vi __attribute__((vector_size(16)));
typedef uint64_t vu __attribute__((vector_size(16)));
typedef struct {
    __m128d m;
} vm;

VEC vm lt(vd a, vd b) { return (vm){_mm_cmplt_pd(a, b)}; }
VEC vm le(vd a, vd b) { return (vm){_mm_cmple_pd(a, b)}; }
VEC vm eq(vd a, vd b) { return (vm){_mm_cmpeq_pd(a, b)}; }
VEC vm ne(vd a, vd b) { return (vm){_mm_cmpneq_pd(a, b)}; }
VEC vm both(vm a, vm b) { return (vm){_mm_and_pd(a.m, b.m)}; }
VEC vm either(vm a, vm b) { return (vm){_mm_or_pd(a.m, b.m)}; }
VEC vm differ(vm a, vm b) { return (vm){_mm_xor_pd(a.m, b.m)}; }
VEC vm without(vm a, vm b) { return (vm){_mm_andnot_pd(b.m, a.m)}; }
VEC vm none(void) { return (vm){_mm_setzero_pd()}; }
VEC vm all(void) { return (vm){(__m128d)_mm_set1_epi64x(-1)}; }
VEC vd sel(vm m, vd a, vd b) { return _mm_blendv_pd(b, a, m.m); }
VEC unsigned bits(vm m) { return (unsigned)_mm_movemask_pd(m.m); }
VEC vm mask_of(unsigned bit_per_lane)
{
    const vi lane = {1, 2};
    vi all_bits = (vi){0, 0} + (int64_t)bit_per_lane;
    return (vm){(__m128d)((all_bits & lane) == lane)};
}
VEC vm bit_at(vu words, unsigned t)
{
    vi top = (vi)(words << (63 - t));
    return (vm){(__m128d)(top < 0)};
}
VEC eight_codes whole_parts(const vd *x)
{
    __m128i a = _mm_unpacklo_epi64(_mm_cvttpd_epi32(x[0]), _mm_cvttpd_epi32(x[1]));
    __m128i b = _mm_unpacklo_epi64(_mm_cvttpd_epi32(x[2]), _mm_cvttpd_epi32(x[3]));
    return _mm_packs_epi32(a, b);
}
VEC bool compare_codes(const int16_t *a, const int16_t *b, uint64_t *greater)
{
    __m128i equal = _mm_setzero_si128();
    *greater = 0;
    for (int i = 0; i < 64; i += 16) {
        __m128i a0 = _mm_loadu_si128((const __m128i *)(a + i));
        __m128i a1 = _mm_loadu_si128((const __m128i *)(a + i + 8));
        __m128i b0 = _mm_loadu_si128((const __m128i *)(b + i));
        __m128i b1 = _mm_loadu_si128((const __m128i *)(b + i + 8));
        equal = _mm_or_si128(equal, _mm_cmpeq_epi16(a0, b0));
        equal = _mm_or_si128(equal, _mm_cmpeq_epi16(a1, b1));
        __m128i bytes = _mm_packs_epi16(_mm_cmpgt_epi16(a0, b0), _mm_cmpgt_epi16(a1, b1));
        *greater |= (uint64_t)(uint32_t)_mm_movemask_epi8(bytes) << i;
    }
    return _mm_testz_si128(equal, equal);
}
VEC uint64_t equal_codes(const int16_t *a, const int16_t *b)
{
    uint64_t equal = 0;
    for (int i = 0; i < 64; i += 16) {
        __m128i a0 = _mm_loadu_si128((const __m128i *)(a + i));
        __m128i a1 = _mm_loadu_si128((const __m128i *)(a + i + 8));
        __m128i b0 = _mm_loadu_si128((const __m128i *)(b + i));
        __m128i b1 = _mm_loadu_si128((const __m128i *)(b + i + 8));
        __m128i bytes = _mm_packs_epi16(_mm_cmpeq_epi16(a0, b0), _mm_cmpeq_epi16(a1, b1));
        equal |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i;
    }
    return equal;
}
VEC vm some(vu words) { return (vm){(__m128d)(words != 0)}; }
VEC vu words_before(vu words, vu before) { return (vu){before[1], words[0]}; }
VEC vd vfloor(vd a) { return _mm_floor_pd(a); }
VEC vd vsqrt(vd a) { return _mm_sqrt_pd(a); }

#elif defined(__aarch64__)

#include <arm_neon.h>
enum { WIDTH = 2 };
typedef double vd __attribute__((vector_size(16)));
typedef uint64_t vu __attribute__((vector_size(16)));
typedef struct {
    uint64x2_t m;
} vm;

VEC vm lt(vd a, vd b) { return (vm){vcltq_f64((float64x2_t)a, (float64x2_t)b)}; }
VEC vm le(vd a, vd b) { return (vm){vcleq_f64((float64x2_t)a, (float64x2_t)b)}; }
VEC vm eq(vd a, vd b) { return (vm){vceqq_f64((float64x2_t)a, (float64x2_t)b)}; }
VEC vm both(vm a, vm b) { return (vm){vandq_u64(a.m, b.m)}; }
VEC vm either(vm a, vm b) { return (vm){vorrq_u64(a.m, b.m)}; }
VEC vm differ(vm a, vm b) { return (vm){veorq_u64(a.m, b.m)}; }
VEC vm without(vm a, vm b) { return (vm){vbicq_u64(a.m, b.m)}; }
VEC vm none(void) { return (vm){vdupq_n_u64(0)}; }
VEC vm all(void) { return (vm){vdupq_n_u64(UINT64_MAX)}; }
VEC vm ne(vd a, vd b) { return without(all(), eq(a, b)); }
VEC vd sel(vm m, vd a, vd b) { return (vd)vbslq_f64(m.m, (float64x2_t)a, (float64x2_t)b); }
VEC unsigned bits(vm m)
{
    return (unsigned)((vgetq_lane_u64(m.m, 0) & 1) | (vgetq_lane_u64(m.m, 1) & 2));
}
VEC vm mask_of(unsigned bit_per_lane)
{
    const uint64x2_t lane = {1, 2};
    return (vm){vtstq_u64(vdupq_n_u64(bit_per_lane), lane)};
}
VEC vm bit_at(vu words, unsigned t)
{
    return (vm){vtstq_u64((uint64x2_t)words, vdupq_n_u64((uint64_t)1 << t))};
}
typedef int16x8_t eight_codes;
VEC eight_codes smaller_codes(eight_codes a, eight_codes b) { return vminq_s16(a, b); }
VEC eight_codes larger_codes(eight_codes a, eight_codes b) { return vmaxq_s16(a, b); }
VEC int16_t least_code(eight_codes a) { return vminvq_s16(a); }
VEC int16_t greatest_code(eight_codes a) { return vmaxvq_s16(a); }
VEC eight_codes whole_parts(const vd *x)
{
    int32x2_t a[4];
    for (int k = 0; k < 4; k++)
        a[k] = vmovn_s64(vcvtq_s64_f64((float64x2_t)x[k]));
    return vcombine_s16(vmovn_s32(vcombine_s32(a[0], a[1])), vmovn_s32(vcombine_s32(a[2], a[3])));
}
VEC bool compare_codes(const int16_t *a, const int16_t *b, uint64_t *greater)
{
    const uint8x8_t place = {1, 2, 4, 8, 16, 32, 64, 128};
    uint16x8_t equal = vdupq_n_u16(0);
    *greater = 0;
    for (int i = 0; i < 64; i += 8) {
        int16x8_t x = vld1q_s16(a + i), y = vld1q_s16(b + i);
        equal = vorrq_u16(equal, vceqq_s16(x, y));
        *greater |= (uint64_t)vaddv_u8(vand_u8(vmovn_u16(vcgtq_s16(x, y)), place)) << i;
    }
    return vmaxvq_u16(equal) == 0;
}
VEC uint64_t equal_codes(const int16_t *a, const int16_t *b)
{
    const uint8x8_t place = {1, 2, 4, 8, 16, 32, 64, 128};
    uint64_t equal = 0;
    for (int i = 0; i < 64; i += 8) {
        uint16x8_t same = vceqq_s16(vld1q_s16(a + i), vld1q_s16(b + i));
        equal |= (uint64_t)vaddv_u8(vand_u8(vmovn_u16(same), place)) << i;
    }
    return equal;
}
VEC vm some(vu words) { return (vm){(uint64x2_t)(words != 0)}; }
VEC vu words_before(vu words, vu before)
{
    return (vu)vextq_u64((uint64x2_t)before, (uint64x2_t)words, 1);
}
VEC vd vfloor(vd a) { return (vd)vrndmq_f64((float64x2_t)a); }
VEC vd vsqrt(vd a) { return (vd)vsqrtq_f64((float64x2_t)a); }

#else
#error "kernels need x86-64-v2 or newer, or aarch64"
#endif

VEC vm gt(vd a, vd b) { return lt(b, a); }
VEC vm ge(vd a, vd b) { return le(b, a); }
VEC bool any(vm m) { return bits(m) != 0; }
VEC bool every(vm m) { return bits(m) == (1u << WIDTH) - 1; }
VEC vm negate(vm m) { return without(all(), m); }

VEC vd splat(double x) { return (vd){0} + x; }
VEC vd load(const double *p)
{
    vd v;
    memcpy(&v, p, sizeof v);
    return v;
}
VEC void store(double *p, vd v) { memcpy(p, &v, sizeof v); }
VEC vu load_words(const uint64_t *p)
{
    vu v;
    memcpy(&v, p, sizeof v);
    return v;
}
VEC void store_words(uint64_t *p, vu v) { memcpy(p, &v, sizeof v); }
/* All bits of the lanes of m. */
VEC vu words_of(vm m) { return (vu)sel(m, (vd) ~(vu){0}, splat(0)); }
/* |a|: the sign bit cleared, also of NaN and -0. */
VEC vd vabs(vd a) { return (vd)((vu)a & (((vu){0}) + (UINT64_MAX >> 1))); }
/*
 * larger: a if a > b else b; smaller: a if a < b else b; b where either is NaN. That is
 * what the x86 instructions do, which GCC does not find by itself.
 */
#if defined(__x86_64__)
#if defined(__AVX512F__)
VEC vd larger(vd a, vd b) { return _mm512_max_pd(a, b); }
VEC vd smaller(vd a, vd b) { return _mm512_min_pd(a, b); }
#elif defined(__AVX2__)
VEC vd larger(vd a, vd b) { return _mm256_max_pd(a, b); }
VEC vd smaller(vd a, vd b) { return _mm256_min_pd(a, b); }
#else
VEC vd larger(vd a, vd b) { return _mm_max_pd(a, b); }
VEC vd smaller(vd a, vd b) { return _mm_min_pd(a, b); }
#endif
#else
VEC vd larger(vd a, vd b) { return sel(gt(a, b), a, b); }
VEC vd smaller(vd a, vd b) { return sel(lt(a, b), a, b); }
#endif

/* The least lane, none being NaN: by halves, as one comparison after the other takes longer. */
VEC double least_lane(vd a)
{
    double x[WIDTH];
    store(x, a);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            x[l] = x[l + half] < x[l] ? x[l + half] : x[l];
    return x[0];
}

#endif
