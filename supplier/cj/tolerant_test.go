package cj_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"doorstep/connector"
	"doorstep/supplier"
	"doorstep/supplier/suppliertest"
)

// script answers each path with a fixed body, whatever is asked.
type script map[string]string

const tokenAnswer = `{"code":"200","result":"true","message":null,"data":{"openId":"777","accessToken":"a1","accessTokenExpiryDate":"2099-08-18T09:16:33+08:00"}}`

func (s script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for path, body := range s {
		if strings.HasSuffix(r.URL.Path, path) {
			if status, rest, cut := strings.Cut(body, "|"); cut && len(status) == 3 {
				w.WriteHeader(map[string]int{"400": 400, "401": 401, "404": 404, "429": 429, "500": 500}[status])
				body = rest
			}
			_, _ = io.WriteString(w, body)
			return
		}
	}
	_, _ = io.WriteString(w, tokenAnswer)
}

func scripted(t *testing.T, s http.Handler) supplier.Connector {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return openAt(t, &suppliertest.Vault{}, suppliertest.NewClock().Now, &logged{}, values(server.URL))
}

// Numbers as strings, strings as numbers, fields more and fewer.
func TestOtherTypes(t *testing.T) {
	t.Parallel()
	c := scripted(t, script{
		"variant/queryByVid": `{"code":"200","success":true,"data":{"vid":1371342252697325568,"variantNameEn":"Mug","variantSellPrice":"3.00","more":{"a":[1]}}}`,
		"stock/queryByVid":   `{"code":200,"result":true,"data":[{"countryCode":"CN","storageNum":"12"},{"countryCode":"US","totalInventoryNum":3.0,"storageNum":1},{"countryCode":"CN","totalInventoryNum":30}]}`,
		"createOrderV2":      `{"code":200,"result":true,"data":{"orderId":210711100018655344,"orderStatus":100,"productAmount":"6.00","postageAmount":3.5,"interceptOrderReasons":[{"code":1001,"message":"Address is incomplete"}]}}`,
		"getOrderDetail":     `{"success":true,"message":"","data":{"orderId":210711100018655344,"orderNum":"OTHER","orderStatus":"SHIPPED","trackNumber":123456789012,"outWarehouseTime":"2025-03-14T13:21:07","productList":null}}`,
		"freightCalculate":   `{"code":200,"result":true,"data":[{"logisticName":"USPS+","logisticPrice":"12.50","logisticAging":2},{"logisticName":"DHL","logisticPrice":4,"logisticAging":"10-15 days","totalPostageFee":5.25}]}`,
		"getBalance":         `{"code":200,"result":true,"data":{"amount":"87247.32"}}`,
		"trackInfo":          `{"code":200,"result":true,"data":{"trackingNumber":"123456789012","trackingStatus":"5","lastMileCarrier":"USPS","lastTrackNumber":9400111899560000000000}}`,
	})
	ctx := t.Context()
	page, err := c.Offers(ctx, supplier.Ask{SKUs: []string{"1371342252697325568"}})
	if err != nil || len(page.Offers) != 1 || page.Offers[0].Quantity != 42 || page.Offers[0].Cost != usd(300) {
		t.Errorf("offers: %+v, %v", page, err)
	}
	s, err := c.Submit(ctx, sale("OTHER", 1))
	if err != nil || s.Ref.Ref != "210711100018655344" || s.Cost != usd(600) || s.Freight != usd(350) || s.Words != "Address is incomplete" || s.State != supplier.Placed {
		t.Errorf("submit: %+v, %v", s, err)
	}
	list, err := c.Report(ctx, []supplier.Ref{s.Ref})
	if err != nil || len(list) != 1 || list[0].State != supplier.Shipped || list[0].At.IsZero() || list[0].Parcels[0].Number != "123456789012" ||
		list[0].Parcels[0].Next != "9400111899560000000000" || list[0].Parcels[0].NextBy != "USPS" {
		t.Errorf("report: %+v, %v", list, err)
	}
	quotes, err := c.(supplier.Quoter).Quote(ctx, supplier.Parcelled{Lines: sale("Q", 1).Lines})
	if err != nil || len(quotes) != 2 || quotes[0].Cost != usd(1250) || quotes[0].MaxDays != 2 || quotes[1].Cost != usd(525) || quotes[1].MinDays != 10 || quotes[1].MaxDays != 15 {
		t.Errorf("quotes: %+v, %v", quotes, err)
	}
	if err := c.(supplier.Checker).Check(ctx); err != nil {
		t.Errorf("check: %v", err)
	}
}

// The batch call may be missing, may answer a page, or may answer half.
func TestBatchForms(t *testing.T) {
	t.Parallel()
	one := `{"orderId":"SD1","orderNum":"K1","orderStatus":"UNSHIPPED"}`
	for name, batch := range map[string]string{
		"missing":   `404|{"code":1600101,"result":false,"message":"Interface not found"}`,
		"a page":    `{"code":200,"result":true,"data":{"list":[` + one + `,` + strings.ReplaceAll(one, "1", "2") + `]}}`,
		"half":      `{"code":200,"result":true,"data":[` + one + `]}`,
		"not found": `{"code":1600300,"result":false,"message":"order not found"}`,
	} {
		c := scripted(t, both{script{"getOrderDetailBatch": batch}})
		list, err := c.Report(t.Context(), []supplier.Ref{{Ref: "SD1"}, {Key: "K2"}})
		if err != nil || len(list) != 2 || list[1].Ref.Ref != "SD2" || list[0].Key != "K1" {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}

// both answers single looks as asked, all else by script.
type both struct{ script }

func (b both) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id := r.URL.Query().Get("orderId"); id != "" {
		n := id[len(id)-1:]
		_, _ = io.WriteString(w, `{"code":200,"result":true,"data":{"orderId":"SD`+n+`","orderNum":"K`+n+`","orderStatus":"UNSHIPPED"}}`)
		return
	}
	b.script.ServeHTTP(w, r)
}

// Answers that say success and cannot be believed.
func TestDoubtfulAnswers(t *testing.T) {
	t.Parallel()
	ok := func(data string) string { return `{"code":200,"result":true,"data":` + data + `}` }
	for _, body := range []string{
		ok(`null`), ok(`""`), ok(`[]`), ok(`{}`), ok(`{"orderNumber":"K"}`), ok(`{"orderId":null}`), ok(`{"orderId":{}}`), ok(`true`),
		ok(`{"orderId":"SD1","orderNumber":"OF-SOMEBODY-ELSE"}`), `{"code":200,"result":false,"data":{"orderId":"SD1"}}`,
		`{"code":200,"data":{"orderId":"SD1"}}`, `{"code":0,"result":false}`, `{"result":true}`, `{"code":200.5,"result":true,"data":{"orderId":"SD1"}}`,
		`400|{"code":200,"result":true,"data":{"orderId":"SD1"}}`, `404|not here`,
	} {
		c := scripted(t, script{"createOrderV2": body, "getOrderDetail": body})
		if _, err := c.Submit(t.Context(), sale("K", 1)); connector.OutcomeOf(err) != connector.WasLost {
			t.Errorf("submit answered %s: %v, want lost", body, err)
		}
		if s, err := c.(supplier.Finder).Find(t.Context(), "K-OTHER"); connector.OutcomeOf(err) != connector.WasLost {
			t.Errorf("find answered %s: %+v, %v, want lost", body, s.Ref, err)
		}
	}
	for _, stock := range []string{ok(`null`), ok(`[]`), ok(`[{}]`), ok(`[{"countryCode":"CN"}]`), ok(`[{"countryCode":"CN","totalInventoryNum":"many"}]`)} {
		c := scripted(t, script{"variant/queryByVid": ok(`{"vid":"v1","variantSellPrice":1}`), "stock/queryByVid": stock})
		if page, err := c.Offers(t.Context(), supplier.Ask{SKUs: []string{"v1"}}); err == nil {
			t.Errorf("stock answered %s: %+v and no error", stock, page)
		}
	}
	for _, price := range []string{`""`, `null`, `1.005`, `-1`, `"1.20-2.30"`, `1e2`} {
		c := scripted(t, script{"variant/queryByVid": ok(`{"vid":"v1","variantSellPrice":` + price + `}`), "stock/queryByVid": ok(`[{"countryCode":"CN","totalInventoryNum":1}]`)})
		if page, err := c.Offers(t.Context(), supplier.Ask{SKUs: []string{"v1"}}); err == nil {
			t.Errorf("price %s: %+v and no error", price, page)
		}
	}
}

// The first version of the call answered with the number alone.
func TestNumberAlone(t *testing.T) {
	t.Parallel()
	c := scripted(t, script{"createOrderV2": `{"code":200,"result":true,"message":"Success","data":"210711100018655344"}`})
	if s, err := c.Submit(t.Context(), sale("K", 1)); err != nil || s.Ref.Ref != "210711100018655344" || s.Key != "K" {
		t.Errorf("%+v, %v", s.Ref, err)
	}
}

// Where the detail call says neither yes nor no, CJ's list decides; half a list does not.
func TestSecondOpinion(t *testing.T) {
	t.Parallel()
	row := `{"orderId":"SD1","orderNum":"K"}`
	for _, detail := range []string{`{"code":200,"result":true,"data":null}`, `{"code":1600300,"result":false,"message":"no such order"}`} {
		for list, want := range map[string]connector.Outcome{
			`{"code":200,"result":true,"data":{"total":0,"list":[]}}`:               connector.WasNeverThere,
			`{"code":200,"result":true,"data":{"total":"1","list":[` + row + `]}}`:  connector.Done,
			`{"code":200,"result":true,"data":{"total":900,"list":[]}}`:             connector.WasLost,
			`{"code":200,"result":true,"data":{"list":[]}}`:                         connector.WasLost,
			`{"code":200,"result":true,"data":{"total":0,"list":null}}`:             connector.WasLost,
			`{"code":200,"result":true,"data":{"total":1,"list":[{"orderNum":1}]}}`: connector.WasLost,
			`{"code":200,"result":true,"data":null}`:                                connector.WasLost,
			`{"code":1600200,"result":false}`:                                       connector.WasNotSent,
			`500|`:                                                                  connector.WasLost,
		} {
			c := scripted(t, script{"getOrderDetail": detail, "order/list": list})
			s, err := c.(supplier.Finder).Find(t.Context(), "K")
			if got := connector.OutcomeOf(err); got != want || got == connector.Done && s.Ref.Ref != "SD1" {
				t.Errorf("detail %s, list %s: %s (%v), want %s", detail, list, got, err, want)
			}
		}
	}
}

// A redirect is not followed: the token would go with it.
func TestRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	c := scripted(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "authentication") {
			_, _ = io.WriteString(w, tokenAnswer)
			return
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	}))
	if err := c.(supplier.Checker).Check(t.Context()); connector.OutcomeOf(err) != connector.WasLost {
		t.Errorf("check: %v, want lost", err)
	}
}
