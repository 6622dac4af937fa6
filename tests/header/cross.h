/* cross.h: what the two halves of the test of vtables share: one compiled as C, one as C++.
 *
 * Each half has an object for every interface, in the order of data/vtables.tsv, and a function that calls
 * every method of one. An object's method notes its slot and its arguments; the caller knows what it passed
 * and compares. So a slot, an argument or a union by value that C and C++ place differently shows by name.
 */
#ifndef OPENBITS_TESTS_CROSS_H
#define OPENBITS_TESTS_CROSS_H

#define COBJMACROS
#include <bits.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cross_call {
    const char *name; /* of the interface */
    void (*call)(void *object);
};

struct cross_half {
    void *const *objects;
    const struct cross_call *calls;
    size_t count;
};

const struct cross_half *cross_c(void);
const struct cross_half *cross_cxx(void);

/* NULL, or the first interface or expression for which __uuidof or IID_PPV_ARGS is wrong. */
const char *cross_wrong_uuid(void);
HRESULT cross_typed_query(void *object, void **out);

/* The callee's side. */
void cross_enter(const void *object, int slot);
void cross_note(uint64_t value);

/* The caller's side: what the next call must note; cross_returned compares, and counts differences. */
void cross_expect(const char *method, const void *object, int slot);
void cross_expect_value(uint64_t value);
void cross_returned(uint32_t result);

/* Something whose address the REFIID and REFGUID parameters are given. */
extern const GUID cross_guid;

#ifdef __cplusplus
}
#endif

#define CROSS_RESULT(slot) (0x51000 + (slot))

/* A union is passed as its two words: an upper and a lower half that differ, and no word is zero. */
static inline BITS_JOB_PROPERTY_VALUE cross_job_value(void)
{
    BITS_JOB_PROPERTY_VALUE value;

    value.ClsID = cross_guid;
    return value;
}

static inline BITS_FILE_PROPERTY_VALUE cross_file_value(void)
{
    BITS_FILE_PROPERTY_VALUE value;

    value.String = (LPWSTR)(uintptr_t)0x1234567890;
    return value;
}

static inline void cross_words(const void *from, size_t size, void (*take)(uint64_t value))
{
    const unsigned char *bytes = (const unsigned char *)from;

    for (size_t i = 0; i < size; i += 8) {
        uint64_t word;

        memcpy(&word, bytes + i, sizeof word);
        take(word);
    }
}

/* How each kind of parameter is noted, expected and passed. `nth` makes the arguments of a call differ. */
#define NOTE_POINTER(x) cross_note((uint64_t)(uintptr_t)(x))
#define NOTE_NUMBER(x)  cross_note((uint64_t)(x))
#define NOTE_UNION(x)   cross_words(&(x), sizeof(x), cross_note)

#define EXPECT_POINTER(nth)   cross_expect_value(0x7000000000u + 16 * (nth))
#define EXPECT_NUMBER(nth)    cross_expect_value(40u + (nth))
#define EXPECT_UNION(type)    EXPECT_UNION_##type
#define EXPECT_REFERENCE(nth) cross_expect_value((uint64_t)(uintptr_t)&cross_guid)

#define POINTER(type, nth) (type)(uintptr_t)(0x7000000000u + 16 * (nth))
#define NUMBER(type, nth)  (type)(40 + (nth))

#define UNION(type, nth)               UNION_##type
#define UNION_BITS_JOB_PROPERTY_VALUE  cross_job_value()
#define UNION_BITS_FILE_PROPERTY_VALUE cross_file_value()

#define EXPECT_UNION_BITS_JOB_PROPERTY_VALUE  cross_expect_job_value()
#define EXPECT_UNION_BITS_FILE_PROPERTY_VALUE cross_expect_file_value()

static inline void cross_expect_job_value(void)
{
    BITS_JOB_PROPERTY_VALUE value = cross_job_value();

    cross_words(&value, sizeof value, cross_expect_value);
}

static inline void cross_expect_file_value(void)
{
    BITS_FILE_PROPERTY_VALUE value = cross_file_value();

    cross_words(&value, sizeof value, cross_expect_value);
}

#ifdef __cplusplus
#define NOTE_REFERENCE(x)       cross_note((uint64_t)(uintptr_t) & (x))
#define REFERENCE(type, nth)    cross_guid
#define CALL0(I, M, object)     object->M()
#define CALL(I, M, object, ...) object->M(__VA_ARGS__)
#else
#define NOTE_REFERENCE(x)       cross_note((uint64_t)(uintptr_t)(x))
#define REFERENCE(type, nth)    &cross_guid
#define CALL0(I, M, object)     I##_##M(object)
#define CALL(I, M, object, ...) I##_##M(object, __VA_ARGS__)
#endif

#endif
