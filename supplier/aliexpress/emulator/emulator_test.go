package emulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	world "doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/supplier/aliexpress/emulator"
)

var start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// client speaks the protocol in as few lines as it takes.
type client struct {
	t    *testing.T
	base string
	now  time.Time
}

func serve(t *testing.T, change func(*emulator.Options)) (*emulator.Server, client) {
	t.Helper()
	o := emulator.Options{World: world.NewWorld(func() time.Time { return start }, world.Real()), Hooks: &world.Hooks{}}
	if change != nil {
		change(&o)
	}
	s := emulator.New(o)
	s.Put(emulator.Article{ID: 1005006900621295, Title: "Mug", Store: 1, From: "CN", SKUs: []emulator.SKU{{ID: 1, Attr: "14:193#Black", Cost: money.New(1000, "CNY"), Stock: 3}}})
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return s, client{t, server.URL, start}
}

func (c client) call(params map[string]string) map[string]any {
	c.t.Helper()
	all := map[string]string{
		"app_key": "123456", "sign_method": "sha256", "session": "at-1", "timestamp": strconv.FormatInt(c.now.UnixMilli(), 10),
	}
	maps.Copy(all, params)
	if all["sign"] == "" {
		text := ""
		for _, name := range slices.Sorted(maps.Keys(all)) {
			text += name + all[name]
		}
		mac := hmac.New(sha256.New, []byte("helloworld"))
		_, _ = io.WriteString(mac, text)
		all["sign"] = strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
	}
	form := url.Values{}
	for name, value := range all {
		form.Set(name, value)
	}
	res, err := http.PostForm(c.base+"/sync", form)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		c.t.Fatal(err)
	}
	return out
}

func code(answer map[string]any) string {
	e, _ := answer["error_response"].(map[string]any)
	text, _ := e["code"].(string)
	return text
}

func product(more ...string) map[string]string {
	out := map[string]string{"method": "aliexpress.ds.product.get", "product_id": "1005006900621295", "ship_to_country": "US", "target_currency": "USD"}
	for i := 0; i < len(more); i += 2 {
		out[more[i]] = more[i+1]
	}
	return out
}

func TestDoor(t *testing.T) {
	t.Parallel()
	s, c := serve(t, nil)
	for want, params := range map[string]map[string]string{
		"":                    product(),
		"IncompleteSignature": product("sign", "ABC"),
		"InvalidAppKey":       product("app_key", "1"),
		"IllegalTimestamp":    product("timestamp", strconv.FormatInt(start.Add(-2*time.Hour-time.Second).UnixMilli(), 10)),
		"IllegalAccessToken":  product("session", "other"),
		"InvalidApiPath":      product("method", "aliexpress.ds.nothing"),
		"MissingParameter":    product("ship_to_country", ""),
	} {
		if got := code(c.call(params)); got != want {
			t.Errorf("%v: %q, want %q", params, got, want)
		}
	}
	if got := code(c.call(product("timestamp", start.Add(time.Hour).Format("2006-01-02 15:04:05")))); got != "" {
		t.Errorf("a date as timestamp: %q", got)
	}
	s.ExpireAccess()
	if got := code(c.call(product())); got != "IllegalAccessToken" {
		t.Errorf("an expired token: %q", got)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	_, c := serve(t, nil)
	params := map[string]string{"method": "aliexpress.ds.address.get", "countryCode": "US"}
	for range 4 {
		if got := code(c.call(params)); got != "" {
			t.Fatalf("refused: %q", got)
		}
	}
	answer := c.call(params)
	e, _ := answer["error_response"].(map[string]any)
	if code(answer) != "ApiCallLimit" || !strings.Contains(e["msg"].(string), "ban will last 1 seconds") {
		t.Errorf("the fifth in a second: %v", answer)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	_, c := serve(t, func(o *emulator.Options) { o.Rates = map[string][2]int64{"CNY>USD": {14, 100}} })
	answer, _ := json.Marshal(c.call(product()))
	if !strings.Contains(string(answer), `"offer_sale_price":"1.40"`) || !strings.Contains(string(answer), `"currency_code":"USD"`) {
		t.Errorf("in USD: %s", answer)
	}
}

func create(key, sku string) map[string]string {
	return map[string]string{
		"method": "aliexpress.ds.order.create",
		"param_place_order_request4_open_api_d_t_o": `{"out_order_id":"` + key + `","logistics_address":{"address":"12 Mill Lane","city":"Springfield","province":"Illinois","country":"US","full_name":"Ann Example","contact_person":"Ann Example","zip":"62704"},"product_items":[{"product_id":1005006900621295,"product_count":1,"sku_attr":"` + sku + `"}]}`,
	}
}

func TestStockAndKeys(t *testing.T) {
	t.Parallel()
	s, c := serve(t, nil)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { c.call(create("SAME", "14:193#Black")) })
	}
	group.Wait()
	if n := len(s.Books()); n != 1 {
		t.Fatalf("%d orders of one key, want 1", n)
	}
	for key, want := range map[string]string{"B": "", "C": "", "X": "SKU_NOT_EXIST"} {
		sku := "14:193#Black"
		if want != "" {
			sku = "1:1"
		}
		answer, _ := json.Marshal(c.call(create(key, sku)))
		if want != "" && !strings.Contains(string(answer), want) {
			t.Errorf("%s: %s", key, answer)
		}
	}
	answer, _ := json.Marshal(c.call(create("D", "14:193#Black")))
	if !strings.Contains(string(answer), "INVENTORY_HOLD_ERROR") {
		t.Errorf("sold out: %s", answer)
	}
	if b := s.Books()[0]; b.Paid || b.State != "PLACE_ORDER_SUCCESS" || b.SKUs["1005006900621295/14:193#Black"] != 1 {
		t.Errorf("book %+v", b)
	}
}

func TestCamelCaseIsIgnored(t *testing.T) {
	t.Parallel()
	s, c := serve(t, nil)
	params := create("CAMEL", "14:193#Black")
	name := "param_place_order_request4_open_api_d_t_o"
	params[name] = strings.ReplaceAll(params[name], "product_items", "productItems")
	answer, _ := json.Marshal(c.call(params))
	if !strings.Contains(string(answer), "ERROR_WHEN_BUILD_FOR_PLACE_ORDER") || len(s.Books()) != 0 {
		t.Errorf("camel case: %s", answer)
	}
}

func TestPayPage(t *testing.T) {
	t.Parallel()
	s, c := serve(t, nil)
	c.call(create("PAY", "14:193#Black"))
	ref := s.Books()[0].Ref
	res, err := http.PostForm(c.base+"/p/order/pay", url.Values{"orderId": {ref}})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if !s.Books()[0].Paid || strings.Contains(string(page), "<form") {
		t.Errorf("paid by form: %s", page)
	}
}
