/* proof.h: does this answer prove where its bytes belong, and of which version of the file they are?
 *
 * The table (decisions 24 and 26; rules in brackets). The first row that fits decides. "known" is what the
 * request's spec.expected says; what it does not say is not compared.
 *
 *   asked   answer                                                verdict
 *   any     status is not the one that follows here               BG_E_HTTP_ERROR_nnn
 *   SIZE    200, contradictory fields                             BG_E_INVALID_SERVER_RESPONSE
 *           200, a content coding                                 BG_E_INVALID_SERVER_RESPONSE
 *           200, no Content-Length                                BG_E_MISSING_FILE_SIZE
 *           200, size or validator is not the known one           BG_E_REMOTE_FILE_CHANGED
 *           200                                                   S_OK
 *   WHOLE   200, as for SIZE, and: Content-Range that is not
 *                the whole                                        BG_E_INVALID_SERVER_RESPONSE
 *           206                                                   BG_E_INVALID_SERVER_RESPONSE
 *   RANGE   200, validator is not the known one                   BG_E_REMOTE_FILE_CHANGED
 *           200                                                   BG_E_INSUFFICIENT_RANGE_SUPPORT
 *           206, contradictory fields, a content coding           BG_E_INVALID_SERVER_RESPONSE
 *           206, no Content-Range, a malformed one, "* / N",
 *                several parts                                    BG_E_INSUFFICIENT_RANGE_SUPPORT
 *           206, total or validator is not the known one          BG_E_REMOTE_FILE_CHANGED
 *           206, another start than asked for, or a later end     BG_E_INSUFFICIENT_RANGE_SUPPORT
 *           206, total "*" though the size is known, and no
 *                validator shows that it is the same file         BG_E_INSUFFICIENT_RANGE_SUPPORT
 *           206, Content-Length is not Content-Range's length     BG_E_INVALID_SERVER_RESPONSE
 *           206                                                   S_OK; the end may be earlier than asked
 *           412                                                   BG_E_REMOTE_FILE_CHANGED
 *           416, total is not the known size                      BG_E_REMOTE_FILE_CHANGED
 *           416, the start is within the total, or else within
 *                the known size                                   BG_E_REMOTE_FILE_CHANGED
 *           416                                                   BG_E_INVALID_RANGE
 *
 * Pure: no curl, no allocation, no state.
 */
#ifndef OPENBITS_FETCH_PROOF_H
#define OPENBITS_FETCH_PROOF_H

#include "fetch/headers.h"
#include "fetch/source.h"

struct proof {
    uint64_t size;     /* of the file, as this answer says; FETCH_SIZE_UNKNOWN */
    struct range body; /* where the body's bytes belong; empty for FETCH_SIZE */
};

/* Results: S_OK and the table's. *out is written in any case: size tells what the answer claims even if it is
 * refused, body is empty then. headers: complete, with a final status. */
HRESULT proof_check(const struct fetch_spec *spec, const struct fetch_headers *headers, struct proof *out);

#endif
