// Package id names things: typed, sortable by time of birth, safe in URLs, made
// without asking the database, so that a row's name is known before it is stored.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// The names of everything Doorstep stores. Each is a short prefix and 26 characters.
type (
	Store      string // st_…
	Staff      string // us_…
	Key        string // ak_…: an API key
	Connector  string // cn_…
	Supplier   string // su_…
	Product    string // pr_…
	Variant    string // va_…
	Collection string // co_…
	Offer      string // of_…
	Feed       string // fe_…: one run of a supplier's offers
	Cart       string // ca_…
	Customer   string // cu_…
	Order      string // or_…
	Purchase   string // pu_…
	Shipment   string // sh_…
	Payment    string // pa_…
	Refund     string // re_…
	Chargeback string // cb_…
	Claim      string // cl_…
	Dispute    string // di_…
	Entry      string // le_…: a ledger entry
	Event      string // ev_…
	Job        string // jo_…
	Mail       string // ma_…
	Reserve    string // rs_…: a reservation of stock
	View       string // vw_…: a saved list of orders
	Run        string // br_…: one thing done to many orders
	Note       string // nt_…: what the staff wrote down
	Review     string // rv_…: what a customer thinks of an article
	Statement  string // sm_…: a supplier's invoice or statement

	Conversation string // cv_…
	Message      string // ms_…
	Canned       string // cd_…: an answer that is kept for use again
	Discount     string // dc_…: a code that makes an order cheaper
	Exchange     string // ex_…: another article instead of a claimed one
)

// crockford is Crockford's base 32 in lower case: sortable, no i, l, o, u.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// New makes a name with the prefix of its kind: 56 bits of microseconds, then 72 random
// bits, so that names made later sort later and two nodes never make the same one.
func New(prefix string, now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMicro())<<8)
	_, _ = rand.Read(b[7:]) // crypto/rand.Read never returns an error since Go 1.24
	return prefix + "_" + crockford.EncodeToString(b[:])
}

// Ordered is New for things born at the same moment in one transaction: seq sorts them.
func Ordered(prefix string, now time.Time, seq uint16) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMicro())<<8)
	binary.BigEndian.PutUint16(b[7:9], seq)
	_, _ = rand.Read(b[9:])
	return prefix + "_" + crockford.EncodeToString(b[:])
}

// Token makes an unguessable secret of 160 bits for links and sessions.
func Token() string {
	var b [20]byte
	_, _ = rand.Read(b[:])
	return crockford.EncodeToString(b[:])
}
