package cj_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"doorstep/connector"
	"doorstep/supplier"
	"doorstep/supplier/cj/emulator"
	"doorstep/supplier/suppliertest"
)

// Whatever a signed body holds, it is a message, an error, and never a panic.
func FuzzReceive(f *testing.F) {
	for _, seed := range []string{
		`{"messageId":"m","type":"ORDER","params":{"cjOrderId":"1","orderStatus":"SHIPPED","trackNumber":"x"}}`,
		`{"type":"LOGISTIC","params":{"orderId":1,"trackingNumber":"N","trackingStatus":12,"logisticsTrackEvents":"[{}]"}}`,
		`{"type":"ORDERSPLIT","params":{"originalOrderId":1,"splitOrderList":{"orderCode":2}}}`,
		`{"type":"STOCK","params":{"v":null}}`, `{"type":"STOCK","params":[]}`, `{"type":{},"params":1}`, `[]`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	signer := emulator.New(emulator.Options{OpenID: 12345})
	c := openFuzz(f, "http://127.0.0.1:1").(supplier.Receiver)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := c.Receive(signer.Sign(body), body)
		if err == nil && m.Key == "" {
			t.Errorf("%q: a message without a key", body)
		}
	})
}

// Whatever CJ answers, a creation is done with a number, or lost, or refused by a code.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"code":200,"result":true,"data":{"orderId":"1","orderStatus":"UNSHIPPED","productList":[{"vid":1}]}}`,
		`{"code":200,"result":true,"data":[{"orderId":"1","vid":"1","countryCode":"CN","totalInventoryNum":1}]}`,
		`{"code":1603003,"result":false,"message":"dup"}`, `{"code":1600001}`, `{}`, `[[[[`, ``,
		`{"code":200,"result":true,"data":{"accessToken":"a","openId":1,"accessTokenExpiryDate":"x"}}`,
	} {
		f.Add([]byte(seed), 200)
	}
	var answer atomic.Pointer[[]byte]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "authentication") {
			_, _ = io.WriteString(w, tokenAnswer)
			return
		}
		_, _ = w.Write(*answer.Load())
	}))
	f.Cleanup(server.Close)
	c := openFuzz(f, server.URL)
	f.Fuzz(func(t *testing.T, body []byte, _ int) {
		answer.Store(&body)
		ctx := t.Context()
		if s, err := c.Submit(ctx, sale("FUZZ", 1)); connector.OutcomeOf(err) == connector.Done && s.Ref.Ref == "" {
			t.Errorf("%q: done without a number", body)
		}
		_, _ = c.Offers(ctx, supplier.Ask{SKUs: []string{"1"}})
		_, _ = c.Report(ctx, []supplier.Ref{{Ref: "1"}, {Key: "K", Parts: []string{"2"}}})
		_, _ = c.(supplier.Quoter).Quote(ctx, supplier.Parcelled{})
		_ = c.(supplier.Payer).Pay(ctx, supplier.Ref{Ref: "1"})
		_ = c.(supplier.Canceller).Cancel(ctx, supplier.Ref{Ref: "1"})
		_ = c.(supplier.Checker).Check(ctx)
	})
}

func openFuzz(f *testing.F, base string) supplier.Connector {
	f.Helper()
	c, err := openWith(&suppliertest.Vault{}, suppliertest.NewClock().Now, &logged{}, values(base, "open_id", "12345"))
	if err != nil {
		f.Fatal(err)
	}
	return c
}
