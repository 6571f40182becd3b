// Recurrent layers in single precision: Elman's network (tanh), GRU and LSTM, forward and backward in time; and the
// pooling of their states.
//
// Every array is contiguous, time first: (steps, rows, size), a row being a sequence. What belongs to a state
// has one step more, the first being the state before the first step. Rows may have lengths of their own; they
// are worked on from the longest to the shortest, so that those that have ended take no time, and what stands
// behind their end is 0. Each row is computed by itself, in one order of additions: its bits depend neither on
// its neighbours nor on how many threads share the rows. Products are fused with additions where `fused` says so and
// nowhere else: a compiler that may choose does so in one block of rows and not in the next.
//
// This file includes itself, once for every level of vector instructions; the level is chosen at run time. Needs
// the vector extensions of GCC or Clang and no library but C's, and -ffp-contract=off.

#ifndef LEVEL

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(_WIN32)
#define EXPORT extern "C" __declspec(dllexport)
#else
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif

enum Kind { ELMAN, GRU, LSTM };
enum Problem { NONE, NO_MEMORY, NO_SUCH_ID, NO_SUCH_LENGTH };

// What Python hands over, field by field as in library.py.
struct Call {
  int64_t kind, steps, rows, units;
  const int64_t *lengths;      // (rows,), or null: all rows have all steps
  int64_t part, n_parts;       // of the rows, longest first, every n_parts-th from part on
  const float *source;         // projected inputs (steps, rows, blocks * units), or a table (n_ids, blocks * units)
  const int64_t *ids;          // rows of the table, or null
  int64_t id_step, id_row;     // how far apart they stand from step to step, from row to row
  int64_t n_ids, is_backward;  // is_backward: a row reads its ids from its last to its first
  int64_t has_first;           // whether there is a state before the first step, or it is 0
  const float *u, *d;          // weights of the state (blocks * units, units); GRU: bias of what n recalls (units,)
  float *states;               // (1 + steps, rows, units); the first of them is read with has_first, else 0 is written
  float *last;                 // (rows, units): of each row the state after its last step
  float *memory;               // as the states, or (1, rows, units) with memory_step 0; of an LSTM
  int64_t memory_step;
  float *gates;                // LSTM: (steps, rows, 4 * units), GRU: 3 * units; may be the source, or null
  float *extra;                // GRU: what n recalls, (steps, rows, units), or null
  const float *gradient;       // (steps, rows, units), of the states, or null: it is 0
  const float *of_last;        // (rows, units), of the last states, or null
  float *carry;                // (rows, units): gradient of the last memory; then of what lies before the first step
  float *sums;                 // Elman: (steps, rows, units), gradient of the sums; those of others replace the gates
};

// Last, greatest and mean state of each row, side by side, and the gradient of the states.
struct Pooling {
  int64_t steps, rows, units;
  const int64_t *lengths;   // (rows,)
  const float *states;      // (steps, rows, units)
  int64_t stride;           // how far apart the rows of pooled and of_pooled stand
  float *pooled;            // (rows, 3 * units); 0 of a row without steps
  float *counts;            // (rows, units): how many states of a row are the greatest
  const float *of_pooled;   // gradient, (rows, 3 * units)
  float *gradient;          // (steps, rows, units), of the states; those that are the greatest share theirs
};

// The rows of one call, the longest first, and how many of them live at each step.
struct Order {
  int64_t *row = nullptr, *live = nullptr, n = 0;
  void *block = nullptr;
  ~Order() { free(block); }

  bool make(const Call &call) {
    block = malloc(sizeof(int64_t) * (2 * call.rows + 2 * call.steps + 3));
    if (!block) return false;
    row = static_cast<int64_t *>(block);
    live = row + call.rows;
    int64_t *sorted = live + call.steps + 1, *place = sorted + call.rows;
    memset(place, 0, sizeof(int64_t) * (call.steps + 1));
    for (int64_t i = 0; i < call.rows; i++) place[length(call, i)]++;
    int64_t before = 0;
    for (int64_t t = call.steps; t >= 0; t--) { int64_t count = place[t]; place[t] = before; before += count; }
    for (int64_t i = 0; i < call.rows; i++) sorted[place[length(call, i)]++] = i;
    for (int64_t i = call.part; i < call.rows; i += call.n_parts) row[n++] = sorted[i];
    int64_t alive = n;
    for (int64_t t = 0; t <= call.steps; t++) {
      while (alive && length(call, row[alive - 1]) <= t) alive--;
      live[t] = alive;
    }
    return true;
  }

  static int64_t length(const Call &call, int64_t i) { return call.lengths ? call.lengths[i] : call.steps; }
};

static inline int64_t blocks_of(const Call &call) { return call.kind == LSTM ? 4 : call.kind == GRU ? 3 : 1; }

// Whether what is kept for the gradients exceeds the caches that a core has for itself.
static inline bool is_far(const Call &call) {
  const int64_t n_bytes = sizeof(float) * call.steps * call.rows * blocks_of(call) * call.units;
  return (call.kind == ELMAN || call.gates) && n_bytes > 1 << 20;
}

static inline int64_t id_of(const Call &call, int64_t t, int64_t row) {
  int64_t step = call.is_backward ? Order::length(call, row) - 1 - t : t;
  return call.ids[step * call.id_step + row * call.id_row];
}

static bool ids_exist(const Call &call) {
  for (int64_t row = 0; row < call.rows; row++)
    for (int64_t t = 0; t < Order::length(call, row); t++) {
      int64_t id = call.ids[t * call.id_step + row * call.id_row];
      if (id < 0 || id >= call.n_ids) return false;
    }
  return true;
}

// Memory for packed weights, at the beginning of a cache line.
struct Packed {
  void *block = nullptr;
  ~Packed() { free(block); }

  float *make(int64_t size) {
    block = malloc(sizeof(float) * size + 64);
    return block ? reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(block) + 63) & ~uintptr_t(63)) : nullptr;
  }
};

#define UNROLL _Pragma("GCC unroll 16")  // or else sums[][] would not stay in registers
#define ALWAYS_INLINE inline __attribute__((always_inline)) TARGET
#define INLINE static ALWAYS_INLINE

#define LEVEL baseline
#define LANES 4
#define TARGET
#if defined(__x86_64__)
#define REGISTERS 16
#define FUSED(a, b, c) (a * b + c)  // in two steps
#include "recurrences.cpp"
#define LEVEL avx2
#define LANES 8
#define TARGET __attribute__((target("avx2,fma")))
#define REGISTERS 16
#define FUSED(a, b, c) _mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c)
#include "recurrences.cpp"
#define LEVEL avx512
#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define REGISTERS 32
#define FUSED(a, b, c) _mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c)
#include "recurrences.cpp"
#define PICK(function)                                            \
  if (level == 2 && call->units % 16 == 0) return avx512::function; \
  if (level >= 1 && call->units % 8 == 0) return avx2::function;    \
  return baseline::function;
#else
#define REGISTERS 32
#if defined(__aarch64__)
#define FUSED(a, b, c) vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b)
#else
#define FUSED(a, b, c) (a * b + c)
#endif
#include "recurrences.cpp"
#define PICK(function) return baseline::function;
#endif

// level: 0 baseline, 1 AVX2 with FMA, 2 AVX-512. The units are a multiple of 8.
EXPORT int64_t recurrence_forward(int64_t level, const Call *call) {
  for (int64_t i = 0; call->lengths && i < call->rows; i++)
    if (call->lengths[i] < 0 || call->lengths[i] > call->steps) return NO_SUCH_LENGTH;
  if (call->ids && !ids_exist(*call)) return NO_SUCH_ID;
  PICK(forward(*call))
}

// The gradients of the sums; and from them, where one part has all rows, what collect computes.
EXPORT int64_t recurrence_backward(int64_t level, const Call *call, float *of_u, float *of_table) {
  PICK(backward(*call, of_u, of_table))
}

// From the gradients of the sums: that of u, (blocks * units, units), and those of the table's rows that were read,
// which are added to; a part is a share of the columns of the sums. Either may be null.
EXPORT int64_t recurrence_collect(int64_t level, const Call *call, float *of_u, float *of_table) {
  PICK(collect(*call, of_u, of_table))
}

EXPORT int64_t recurrence_pool(int64_t level, const Pooling *call) {
  for (int64_t i = 0; i < call->rows; i++)
    if (call->lengths[i] < 0 || call->lengths[i] > call->steps) return NO_SUCH_LENGTH;
  PICK(pool(*call))
}

EXPORT int64_t recurrence_unpool(int64_t level, const Pooling *call) { PICK(unpool(*call)) }

// Which source this was compiled from.
#ifndef SOURCE_CRC
#define SOURCE_CRC 0
#endif
EXPORT int64_t recurrence_source() { return SOURCE_CRC; }

#else  // one level of vector instructions

namespace LEVEL {

typedef float Vec __attribute__((vector_size(4 * LANES)));
typedef float Unaligned __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t Ints __attribute__((vector_size(4 * LANES)));

INLINE Vec load(const float *p) { return *reinterpret_cast<const Unaligned *>(p); }
INLINE void store(float *p, Vec v) { *reinterpret_cast<Unaligned *>(p) = v; }
INLINE Vec all(float x) { return x - Vec{}; }
INLINE Vec fused(Vec a, Vec b, Vec c) { return (Vec)FUSED(a, b, c); }  // a * b + c, rounded once

// Cut to what lies between; nan stays nan.
INLINE Vec within(Vec x, Vec least, Vec most) {
#if LANES == 8
  return (Vec)_mm256_min_ps((__m256)most, _mm256_max_ps((__m256)least, (__m256)x));  // of nan and a number the second
#else
  x = x < least ? least : x;
  return x > most ? most : x;
#endif
}

// 2 to the power of x; where that is no normal number, of the nearest x where it is, or 0 or infinite. The relative
// error is 1e-7, wherever x is the exact argument: what rounding x costs is nothing in a sigmoid, which is flat for
// large x.
INLINE Vec power_of_2(Vec x) {
#if LANES == 16
  const Vec f = (Vec)_mm512_reduce_ps((__m512)x, 0);  // what rounding takes from x; from an infinite one 0
#else
  const Vec shift = all(12582912.f);  // 1.5 * 2^23: no digit behind the point
  x = within(x, all(-126.f), all(126.f));
  const Vec shifted = x + shift, f = x - (shifted - shift);
#endif
  Vec p = fused(f, all(1.55946776e-4f), all(1.34066438e-3f));  // minimax for f in [-0.5, 0.5]
  p = fused(p, f, all(9.61769293e-3f));
  p = fused(p, f, all(5.55031055e-2f));
  p = fused(p, f, all(2.40226528e-1f));
  p = fused(p, f, all(6.93147215e-1f));
  p = fused(p, f, all(1.f));
#if LANES == 16
  return (Vec)_mm512_scalef_ps((__m512)p, (__m512)_mm512_roundscale_ps((__m512)x, 0));
#else
  const Ints exponent = ((Ints)shifted << 23) + 0x3f800000;
  return p * (Vec)exponent;
#endif
}
INLINE Vec sigmoid(Vec x) { return 1.f / (1.f + power_of_2(x * -1.44269504f)); }
INLINE Vec tanh(Vec x) { return 2.f / (1.f + power_of_2(x * -2.88539008f)) - 1.f; }
INLINE Vec slope_of_sigmoid(Vec y) { return fused(-y, y, y); }  // where it is y
INLINE Vec slope_of_tanh(Vec y) { return fused(-y, y, all(1.f)); }

// How many rows a block of G vectors is multiplied with at once, so that all sums stay in registers.
template <int G> constexpr int rows_at_once() { return (REGISTERS - (REGISTERS > 16 ? 8 : 4)) / G; }

// sums[m][g] += row[m] @ weights; weights are packed (n, G * LANES)
template <int M, int G> INLINE void multiply(Vec (&sums)[M][G], const float *const (&row)[M], const float *w, int64_t n) {
  // with the sums in registers there is room for the shorter side and one more
  for (int64_t k = 0; k < n; k++, w += G * LANES) {
    if constexpr (M <= G) {
      Vec a[M];
      UNROLL for (int m = 0; m < M; m++) a[m] = all(row[m][k]);
      UNROLL for (int g = 0; g < G; g++) {
        Vec b = load(w + g * LANES);
        UNROLL for (int m = 0; m < M; m++) sums[m][g] = fused(a[m], b, sums[m][g]);
      }
    } else {
      Vec b[G];
      UNROLL for (int g = 0; g < G; g++) b[g] = load(w + g * LANES);
      UNROLL for (int m = 0; m < M; m++) {
        Vec a = all(row[m][k]);
        UNROLL for (int g = 0; g < G; g++) sums[m][g] = fused(a, b[g], sums[m][g]);
      }
    }
  }
}

// The rows that one step works on: where in the arrays of that step they stand.
struct Step {
  const Call &call;
  int64_t t;
  const int64_t *row;
  const float *const *input;  // of each of these rows
  bool is_far;                // whether what a pass writes leaves the caches of a core before it is read again
  int64_t at(int64_t i) const { return t * call.rows + row[i]; }
};

// Asks for the memory that a block of U vectors will write or read once its products are done, which take longer than
// the way from there. `later` is 1 where the block computes what stands a step later.
template <int M, int U> INLINE void fetch(const Step &s, int64_t i, int64_t v, int64_t later) {
  if (!s.is_far) return;
  const Call &c = s.call;
  const int64_t blocks = blocks_of(c);
  UNROLL for (int m = 0; m < M; m++)
    UNROLL for (int k = 0; k < U * LANES; k += 16) {  // a line of the cache
      const int64_t at = s.at(i + m), column = v + k, x = (at + later * c.rows) * c.units + column;
      __builtin_prefetch(c.states + x, 1);
      if (c.kind == LSTM) __builtin_prefetch(c.memory + x, 1);
      if (c.kind == GRU) __builtin_prefetch(c.extra + at * c.units + column, 1);
      if (c.kind != ELMAN)
        for (int64_t g = 0; g < blocks; g++) __builtin_prefetch(c.gates + (at * blocks + g) * c.units + column, 1);
      else if (!later)
        __builtin_prefetch(c.sums + x, 1);
    }
}

template <int M> INLINE void states_before(const float *(&h)[M], const Step &s, int64_t i) {
  UNROLL for (int m = 0; m < M; m++) h[m] = s.call.states + s.at(i + m) * s.call.units;
}

struct Lstm {
  template <int M> INLINE void forward(const Step &s, int64_t i, int64_t v, const float *w, bool recurs) {
    const Call &c = s.call;
    const int64_t H = c.units;
    Vec a[M][4];
    const float *h[M];
    states_before<M>(h, s, i);
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int g = 0; g < 4; g++) a[m][g] = load(s.input[i + m] + g * H + v);
    fetch<M, 1>(s, i, v, 1);
    if (recurs) multiply<M, 4>(a, h, w, H);
    UNROLL for (int m = 0; m < M; m++) {
      const int64_t at = s.at(i + m);
      const float *before = c.memory + (s.t * c.memory_step + s.row[i + m]) * H + v;
      float *after = c.memory + ((s.t + 1) * c.memory_step + s.row[i + m]) * H + v;
      Vec in = sigmoid(a[m][0]), f = sigmoid(a[m][1]), g = tanh(a[m][2]), o = sigmoid(a[m][3]);
      Vec memory = fused(f, load(before), in * g);
      store(after, memory);
      store(c.states + (at + c.rows) * H + v, o * tanh(memory));
      if (c.gates) {
        float *q = c.gates + at * 4 * H + v;
        store(q, in);
        store(q + H, f);
        store(q + 2 * H, g);
        store(q + 3 * H, o);
      }
    }
  }

  template <int M, int U> INLINE void backward(const Step &s, int64_t i, int64_t v, Vec (&of_h)[M][U]) {
    const Call &c = s.call;
    const int64_t H = c.units;
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int b = 0; b < U; b++) {
        const int64_t x = v + b * LANES, at = s.at(i + m);
        float *q = c.gates + at * 4 * H + x, *carry = c.carry + s.row[i + m] * H + x;
        Vec in = load(q), f = load(q + H), g = load(q + 2 * H), o = load(q + 3 * H);
        Vec before = load(c.memory + at * H + x), h = load(c.states + (at + c.rows) * H + x);
        Vec shown = h / (o > all(1e-30f) ? o : all(1e-30f));  // tanh of the memory, of which h has been o's share
        Vec of_c = fused(of_h[m][b] * o, slope_of_tanh(shown), load(carry));
        store(carry, of_c * f);
        store(q, of_c * g * slope_of_sigmoid(in));
        store(q + H, of_c * before * slope_of_sigmoid(f));
        store(q + 2 * H, of_c * in * slope_of_tanh(g));
        store(q + 3 * H, of_h[m][b] * shown * slope_of_sigmoid(o));
      }
  }
};

struct Gru {
  template <int M> INLINE void forward(const Step &s, int64_t i, int64_t v, const float *w, bool recurs) {
    const Call &c = s.call;
    const int64_t H = c.units;
    Vec a[M][3];
    const float *h[M];
    states_before<M>(h, s, i);
    UNROLL for (int m = 0; m < M; m++) {
      a[m][0] = load(s.input[i + m] + v);
      a[m][1] = load(s.input[i + m] + H + v);
      a[m][2] = load(c.d + v);
    }
    fetch<M, 1>(s, i, v, 1);
    if (recurs) multiply<M, 3>(a, h, w, H);
    UNROLL for (int m = 0; m < M; m++) {
      const int64_t at = s.at(i + m);
      Vec r = sigmoid(a[m][0]), z = sigmoid(a[m][1]), recalled = a[m][2];
      Vec n = tanh(fused(r, recalled, load(s.input[i + m] + 2 * H + v)));
      store(c.states + (at + c.rows) * H + v, fused(z, load(h[m] + v) - n, n));
      if (c.gates) {
        float *q = c.gates + at * 3 * H + v;
        store(q, r);
        store(q + H, z);
        store(q + 2 * H, n);
        store(c.extra + at * H + v, recalled);
      }
    }
  }

  template <int M, int U> INLINE void backward(const Step &s, int64_t i, int64_t v, Vec (&of_h)[M][U]) {
    const Call &c = s.call;
    const int64_t H = c.units;
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int b = 0; b < U; b++) {
        const int64_t x = v + b * LANES, at = s.at(i + m);
        float *q = c.gates + at * 3 * H + x, *recalled = c.extra + at * H + x, *carry = c.carry + s.row[i + m] * H + x;
        Vec r = load(q), z = load(q + H), n = load(q + 2 * H), before = load(c.states + at * H + x);
        Vec of_state = of_h[m][b] + load(carry);
        Vec of_n = of_state * (1.f - z) * slope_of_tanh(n);
        store(carry, of_state * z);
        store(q, of_n * load(recalled) * slope_of_sigmoid(r));
        store(q + H, of_state * (before - n) * slope_of_sigmoid(z));
        store(q + 2 * H, of_n);
        store(recalled, of_n * r);
      }
  }
};

struct Elman {
  template <int M, int U> INLINE void forward(const Step &s, int64_t i, int64_t v, const float *w, bool recurs) {
    const Call &c = s.call;
    Vec a[M][U];
    const float *h[M];
    states_before<M>(h, s, i);
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int b = 0; b < U; b++) a[m][b] = load(s.input[i + m] + v + b * LANES);
    fetch<M, U>(s, i, v, 1);
    if (recurs) multiply<M, U>(a, h, w, c.units);
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int b = 0; b < U; b++) store(c.states + (s.at(i + m) + c.rows) * c.units + v + b * LANES, tanh(a[m][b]));
  }

  template <int M, int U> INLINE void backward(const Step &s, int64_t i, int64_t v, Vec (&of_h)[M][U]) {
    const Call &c = s.call;
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int b = 0; b < U; b++) {
        const int64_t x = s.at(i + m) * c.units + v + b * LANES;
        Vec h = load(c.states + c.rows * c.units + x);
        store(c.sums + x, of_h[m][b] * slope_of_tanh(h));
      }
  }
};

// function<M>(i) for the rows from begin to end, M = most at once, and those left over by 2 and by 1
template <int M, class Function> INLINE void for_rows(int64_t begin, int64_t end, Function &&function) {
  int64_t i = begin;
  for (; i + M <= end; i += M) function.template run<M>(i);
  if constexpr (M > 4)
    for (; i + 4 <= end; i += 4) function.template run<4>(i);
  if constexpr (M > 2)
    for (; i + 2 <= end; i += 2) function.template run<2>(i);
  for (; i < end; i++) function.template run<1>(i);
}

// Weights of the state as forward reads them: for each block of units, of each state before, G vectors side by side.
TARGET static void pack_gates(float *to, const float *u, int64_t H, int G) {
  for (int64_t v = 0; v < H; v += LANES)
    for (int64_t k = 0; k < H; k++)
      UNROLL for (int g = 0; g < G; g++)
        for (int j = 0; j < LANES; j++) *to++ = u[(g * H + v + j) * H + k];
}

// The width of the block of columns that begins at v: 4, 2 or 1 vectors.
INLINE int width(int64_t v, int64_t H) { return H - v >= 4 * LANES ? 4 : H - v >= 2 * LANES ? 2 : 1; }

// A matrix (n, H) as blocks of columns; `row` and `column` are how far apart its elements stand.
TARGET static void pack_columns(float *to, const float *from, int64_t n, int64_t H, int64_t row, int64_t column) {
  for (int64_t v = 0, w; v < H; v += w) {
    w = width(v, H) * LANES;
    for (int64_t k = 0; k < n; k++)
      for (int64_t j = v; j < v + w; j++) *to++ = from[k * row + j * column];
  }
}

template <class Cell> struct ForwardRows {
  const Step &s;
  int64_t v;
  const float *w;
  bool recurs;
  template <int M> TARGET void run(int64_t i) const { Cell::template forward<M>(s, i, v, w, recurs); }
};

template <int U> struct ForwardColumns {
  const Step &s;
  int64_t v;
  const float *w;
  bool recurs;
  template <int M> TARGET void run(int64_t i) const { Elman::forward<M, U>(s, i, v, w, recurs); }
};

// Zeros behind the end of the rows that have ended before step t, in an array of so many columns.
INLINE void clear(const Order &order, int64_t t, int64_t rows, float *array, int64_t columns) {
  for (int64_t i = order.live[t]; i < order.n; i++)
    memset(array + (t * rows + order.row[i]) * columns, 0, sizeof(float) * columns);
}

TARGET static int64_t forward(const Call &call) {
  const int64_t H = call.units, blocks = blocks_of(call);
  Order order;
  Packed packed, pointers;
  float *w = packed.make(blocks * H * H);
  const float **input = reinterpret_cast<const float **>(pointers.make(2 * call.rows));
  if (!w || !input || !order.make(call)) return NO_MEMORY;
  if (call.kind == ELMAN)
    pack_columns(w, call.u, H, H, 1, H);
  else
    pack_gates(w, call.u, H, int(blocks));
  for (int64_t i = 0; !call.has_first && i < order.n; i++) {
    memset(call.states + order.row[i] * H, 0, sizeof(float) * H);
    if (call.memory) memset(call.memory + order.row[i] * H, 0, sizeof(float) * H);
  }
  for (int64_t t = 0; t < call.steps; t++) {
    const Step s{call, t, order.row, input, is_far(call)};
    const int64_t n = order.live[t];
    const bool recurs = t > 0 || call.has_first;
    for (int64_t i = 0; i < n; i++)
      input[i] = call.source + (call.ids ? id_of(call, t, order.row[i]) : s.at(i)) * blocks * H;
    if (call.kind == LSTM) {
      for (int64_t v = 0; v < H; v += LANES)
        for_rows<rows_at_once<4>()>(0, n, ForwardRows<Lstm>{s, v, w + v * 4 * H, recurs});
      if (call.memory_step) clear(order, t, call.rows, call.memory + call.rows * H, H);
    } else if (call.kind == GRU) {
      for (int64_t v = 0; v < H; v += LANES)
        for_rows<rows_at_once<3>()>(0, n, ForwardRows<Gru>{s, v, w + v * 3 * H, recurs});
    } else {
      for (int64_t v = 0; v < H; v += width(v, H) * LANES) {
        if (width(v, H) == 4)
          for_rows<rows_at_once<4>()>(0, n, ForwardColumns<4>{s, v, w + v * H, recurs});
        else if (width(v, H) == 2)
          for_rows<rows_at_once<2>()>(0, n, ForwardColumns<2>{s, v, w + v * H, recurs});
        else
          for_rows<8>(0, n, ForwardColumns<1>{s, v, w + v * H, recurs});
      }
    }
    clear(order, t, call.rows, call.states + call.rows * H, H);
  }
  for (int64_t i = 0; i < order.n; i++) {
    const int64_t row = order.row[i], at = Order::length(call, row) * call.rows + row;
    memcpy(call.last + row * H, call.states + at * H, sizeof(float) * H);
  }
  return NONE;
}

// How many products are added before their sum is: one sum over a long batch would lose digits.
constexpr int64_t MULTIPLIED_AT_ONCE = 256;

// to += sums^T @ states, of n rows of both, which stand at `at`.
struct Weighing {
  const float *sums, *states;
  int64_t stride, units;  // how far apart rows of sums, and of states and `to`, stand
  const int64_t *at;
  int64_t n;
  float *to;

  template <int M> TARGET void run(int64_t i) const {
    if (stride <= 256) {
      multiply_all<M, false>(sums + i, i);
      return;
    }
    float packed[MULTIPLIED_AT_ONCE * M];  // so far apart they would push each other out of the cache
    for (int64_t k = 0; k < n; k++) memcpy(packed + k * M, sums + at[k] * stride + i, sizeof(float) * M);
    multiply_all<M, true>(packed, i);
  }

  template <int M, bool is_packed> ALWAYS_INLINE void multiply_all(const float *column, int64_t i) const {
    int64_t v = 0;
    for (; v + 2 * LANES <= units; v += 2 * LANES) multiply_columns<M, 2, is_packed>(column, i, v);
    for (; v < units; v += LANES) multiply_columns<M, 1, is_packed>(column, i, v);
  }

  template <int M, int G, bool is_packed> ALWAYS_INLINE void multiply_columns(const float *column, int64_t i, int64_t v) const {
    Vec a[M][G] = {};
    for (int64_t k = 0; k < n; k++) {
      const float *sum = column + (is_packed ? k * M : at[k] * stride), *state = states + at[k] * units + v;
      Vec b[G];
      UNROLL for (int g = 0; g < G; g++) b[g] = load(state + g * LANES);
      UNROLL for (int m = 0; m < M; m++) {
        Vec one = all(sum[m]);
        UNROLL for (int g = 0; g < G; g++) a[m][g] = fused(one, b[g], a[m][g]);
      }
    }
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int g = 0; g < G; g++) {
        float *total = to + (i + m) * units + v + g * LANES;
        store(total, load(total) + a[m][g]);
      }
  }
};

// What the gradients of the sums add up to, step by step: the gradient of u, (blocks * units, units), and those of the
// table's rows that were read. Either may be null. A part is a share of the columns of the sums.
struct Collector {
  const Call &call;
  float *of_u, *of_table;
  int64_t columns, begin, end, n = 0;
  int64_t *at = nullptr;  // the rows that wait
  Packed memory;

  TARGET Collector(const Call &c, float *u, float *table) : call(c), of_u(u), of_table(table) {
    const int64_t H = c.units;
    columns = blocks_of(c) * H;
    begin = columns / LANES * c.part / c.n_parts * LANES;
    end = columns / LANES * (c.part + 1) / c.n_parts * LANES;
    if (of_u) memset(of_u + begin * H, 0, sizeof(float) * (end - begin) * H);
    at = reinterpret_cast<int64_t *>(memory.make(2 * (MULTIPLIED_AT_ONCE + c.rows)));
  }

  // Takes a step whose gradients are there now. Its rows wait until there are enough for a product, and are still in a
  // cache then; how many wait doesn't depend on threads, and neither does the order of additions.
  TARGET void add(int64_t t) {
    const float *sums = call.kind == ELMAN ? call.sums : call.gates;
    const bool has_before = t > 0 || call.has_first;  // or else these have read a state of 0
    for (int64_t row = 0; row < call.rows; row++) {
      if (t >= Order::length(call, row)) continue;
      const int64_t place = t * call.rows + row;
      if (has_before && of_u) at[n++] = place;
      if (!of_table) continue;
      const float *from = sums + place * columns;
      float *to = of_table + id_of(call, t, row) * columns;
      for (int64_t v = begin; v < end; v += LANES) store(to + v, load(to + v) + load(from + v));
    }
    if (n >= MULTIPLIED_AT_ONCE || t == 0) multiply(sums);
  }

  TARGET void multiply(const float *sums) {
    const int64_t H = call.units, n_beside = call.kind == GRU ? 2 * H : columns;  // what a GRU recalls has sums of its own
    for (int64_t k = 0; k < n; k += MULTIPLIED_AT_ONCE) {
      const int64_t n_rows = n - k < MULTIPLIED_AT_ONCE ? n - k : MULTIPLIED_AT_ONCE;
      const Weighing beside{sums, call.states, columns, H, at + k, n_rows, of_u};
      const Weighing recalled{call.extra, call.states, H, H, at + k, n_rows, of_u + n_beside * H};
      for_rows<rows_at_once<2>()>(begin, end < n_beside ? end : n_beside, beside);
      for_rows<rows_at_once<2>()>(begin < n_beside ? 0 : begin - n_beside, end - n_beside, recalled);
    }
    n = 0;
  }
};

// The gradient of the states of a step, and what the cell makes of it: one block of columns.
template <class Cell, int U> struct BackwardColumns {
  const Step &s;
  int64_t v;
  const float *w;
  bool has_next;
  template <int M> TARGET void run(int64_t i) const {
    const Call &c = s.call;
    const int64_t H = c.units;
    Vec a[M][U];
    UNROLL for (int m = 0; m < M; m++)
      UNROLL for (int b = 0; b < U; b++) a[m][b] = c.gradient ? load(c.gradient + s.at(i + m) * H + v + b * LANES) : Vec{};
    if (!has_next && c.of_last) {  // it is the last step of these rows
      UNROLL for (int m = 0; m < M; m++)
        UNROLL for (int b = 0; b < U; b++) a[m][b] += load(c.of_last + s.row[i + m] * H + v + b * LANES);
    }
    fetch<M, U>(s, i, v, 0);
    if (has_next) {  // what the sums of the next step tell
      const float *next[M];
      const int64_t blocks = blocks_of(c);
      UNROLL for (int m = 0; m < M; m++) next[m] = (c.kind == ELMAN ? c.sums : c.gates) + (s.at(i + m) + c.rows) * blocks * H;
      const int64_t n = c.kind == GRU ? 2 * H : blocks * H;
      multiply<M, U>(a, next, w, n);
      if (c.kind == GRU) {
        UNROLL for (int m = 0; m < M; m++) next[m] = c.extra + (s.at(i + m) + c.rows) * H;
        multiply<M, U>(a, next, w + n * U * LANES, H);
      }
    }
    Cell::template backward<M, U>(s, i, v, a);
  }
};

template <class Cell, int U> INLINE void backward_block(const Step &s, const Order &order, int64_t v, const float *w) {
  constexpr int M = U == 1 ? 8 : rows_at_once<U>();
  const int64_t going_on = order.live[s.t + 1], n = order.live[s.t];
  for_rows<M>(0, going_on, BackwardColumns<Cell, U>{s, v, w, true});
  for_rows<M>(going_on, n, BackwardColumns<Cell, U>{s, v, w, false});
}

template <class Cell> TARGET static int64_t backward_of(const Call &call, float *sums, Collector *collector) {
  const int64_t H = call.units, blocks = blocks_of(call);
  Order order;
  Packed packed;
  float *w = packed.make(blocks * H * H);
  if (!w || !order.make(call)) return NO_MEMORY;
  pack_columns(w, call.u, blocks * H, H, H, 1);
  for (int64_t t = call.steps - 1; t >= 0; t--) {
    const Step s{call, t, order.row, nullptr, is_far(call)};
    for (int64_t v = 0; v < H; v += width(v, H) * LANES) {
      const float *block = w + v * blocks * H;
      if (width(v, H) == 4)
        backward_block<Cell, 4>(s, order, v, block);
      else if (width(v, H) == 2)
        backward_block<Cell, 2>(s, order, v, block);
      else
        backward_block<Cell, 1>(s, order, v, block);
    }
    clear(order, t, call.rows, sums, blocks * H);
    if (call.kind == GRU) clear(order, t, call.rows, call.extra, H);
    if (collector) collector->add(t);
  }
  return NONE;
}

TARGET static int64_t backward(const Call &call, float *of_u, float *of_table) {
  // other parts need what each computes of the sums: they collect when all have done
  Collector own(call, of_u, of_table), *collector = call.n_parts == 1 && (of_u || of_table) ? &own : nullptr;
  if (!own.at) return NO_MEMORY;
  if (call.kind == LSTM) return backward_of<Lstm>(call, call.gates, collector);
  if (call.kind == GRU) return backward_of<Gru>(call, call.gates, collector);
  return backward_of<Elman>(call, call.sums, collector);
}

TARGET static int64_t collect(const Call &call, float *of_u, float *of_table) {
  Collector collector(call, of_u, of_table);
  if (!collector.at) return NO_MEMORY;
  for (int64_t t = call.steps - 1; t >= 0; t--) collector.add(t);
  return NONE;
}

// How many states are added before their sum is: one sum of a long row would lose digits.
constexpr int64_t ADDED_AT_ONCE = 256;

TARGET static int64_t pool(const Pooling &call) {
  const int64_t H = call.units;
  Packed memory;
  float *sums = memory.make(call.rows * H);
  if (!sums) return NO_MEMORY;
  for (int64_t row = 0; row < call.rows; row++)
    for (int64_t v = 0; v < H; v += LANES) {
      float *last = call.pooled + row * call.stride + v;
      store(last, Vec{});
      store(last + H, call.lengths[row] ? all(-__builtin_inff()) : Vec{});
      store(last + 2 * H, Vec{});
      store(call.counts + row * H + v, Vec{});
      store(sums + row * H + v, Vec{});
    }
  for (int64_t t = 0; t < call.steps; t++)
    for (int64_t row = 0; row < call.rows; row++) {
      const int64_t n = call.lengths[row];
      if (t >= n) continue;
      const bool is_last = t == n - 1, is_sum_full = is_last || t % ADDED_AT_ONCE == ADDED_AT_ONCE - 1;
      const float *from = call.states + (t * call.rows + row) * H;
      float *last = call.pooled + row * call.stride, *greatest = last + H, *mean = greatest + H;
      float *counts = call.counts + row * H, *sum = sums + row * H;
      for (int64_t v = 0; v < H; v += LANES) {
        Vec h = load(from + v), most = load(greatest + v), count = load(counts + v), added = load(sum + v) + h;
        count = h > most ? all(1.f) : h == most ? count + 1.f : count;
        most = h > most ? h : most;
        if (is_sum_full) {
          Vec total = load(mean + v) + added;
          added = Vec{};
          if (is_last) {
            store(last + v, h);
            most = total == total ? most : total;  // nan is greater than all
            total = total / float(n);
          }
          store(mean + v, total);
        }
        store(greatest + v, most);
        store(counts + v, count);
        store(sum + v, added);
      }
    }
  return NONE;
}

TARGET static int64_t unpool(const Pooling &call) {
  const int64_t H = call.units;
  Packed memory;
  float *shares = memory.make(2 * call.rows * H);  // what a state has of the mean's gradient, and as the greatest
  if (!shares) return NO_MEMORY;
  for (int64_t row = 0; row < call.rows; row++)
    for (int64_t v = 0; v < H; v += LANES) {
      const float *of_greatest = call.of_pooled + row * call.stride + H + v;
      store(shares + 2 * row * H + v, load(of_greatest + H) / float(call.lengths[row]));
      store(shares + (2 * row + 1) * H + v, load(of_greatest) / load(call.counts + row * H + v));
    }
  for (int64_t t = 0; t < call.steps; t++)
    for (int64_t row = 0; row < call.rows; row++) {
      const int64_t n = call.lengths[row], at = (t * call.rows + row) * H;
      float *to = call.gradient + at;
      if (t >= n) {
        memset(to, 0, sizeof(float) * H);
        continue;
      }
      const float *greatest = call.pooled + row * call.stride + H, *share = shares + 2 * row * H;
      const float *of_last = call.of_pooled + row * call.stride;
      for (int64_t v = 0; v < H; v += LANES) {
        Vec of_h = load(share + v);
        of_h = load(call.states + at + v) == load(greatest + v) ? of_h + load(share + H + v) : of_h;
        store(to + v, t == n - 1 ? of_h + load(of_last + v) : of_h);
      }
    }
  return NONE;
}

}  // namespace LEVEL

#undef LEVEL
#undef LANES
#undef TARGET
#undef REGISTERS
#undef FUSED
#endif
