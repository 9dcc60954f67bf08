// Package api is the door for programs: JSON over HTTP below /api/v1, described by OpenAPI
// 3.1 in api/openapi.json. Shoppers' programs carry a cart's token, customers an order's
// signed token, the merchant's programs an API key; who may call what is in one table
// (routes.go).
//
// A request passes, in this order (gate.go): headers and a request id, the limit per
// address, who asks and whether they may, the limit per key, the size of the body, the
// Idempotency-Key, and only then its handler. Handlers are three steps: read, one command
// of package flow, show.
//
// Errors are RFC 9457 problems with a code for programs and words for people. What went
// wrong inside is logged under the request's id and never told. An Idempotency-Key counts
// once a request succeeded; a request that was refused changed nothing, so its key is free
// for the corrected one.
package api
