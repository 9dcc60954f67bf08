package emulator

import "strings"

// reply is the vendor's envelope.
type reply struct {
	Page *page `json:"page,omitempty"`
	Code int   `json:"code"`
	Data any   `json:"data"`
}

type page struct {
	Total int `json:"data_total"`
	Pages int `json:"page_total"`
	No    int `json:"page_no"`
	Size  int `json:"page_size"`
}

type fault struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

type rejected struct {
	Number  string `json:"number"`
	Carrier int    `json:"carrier"`
	Error   fault  `json:"error"`
}

type batch struct {
	Accepted []any      `json:"accepted"`
	Rejected []rejected `json:"rejected"`
}

// ask is one item of a request, of whichever call.
type ask struct {
	Number     string `json:"number"`
	Carrier    int    `json:"carrier"`
	CarrierOld int    `json:"carrier_old"`
	CarrierNew int    `json:"carrier_new"`
	Order      string `json:"order_no"`
	Tag        string `json:"tag"`
	Lang       string `json:"lang"`
	Param      string `json:"param"`
}

func fail(code int, words string) reply {
	return reply{Code: code, Data: map[string]any{"errors": []fault{{code, words}}}}
}

func newBatch() *batch { return &batch{Accepted: []any{}, Rejected: []rejected{}} }

func (b *batch) accept(v any) { b.Accepted = append(b.Accepted, v) }

func (b *batch) reject(a ask, code int, words string) {
	b.Rejected = append(b.Rejected, rejected{a.Number, a.Carrier, fault{code, words}})
}

func fold(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }
