package aliexpress

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/money"
)

// The vector of the vendor's documents.
func TestSignature(t *testing.T) {
	t.Parallel()
	params := map[string]string{
		"app_key": "123456", "access_token": "test", "timestamp": "1517820392000",
		"sign_method": "sha256", "order_id": "1234", "sign": "ignored",
	}
	want := "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A"
	if got := sign("helloworld", "/order/get", params); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

// The older MD5 signature wraps the text in the secret. We never send it; the vector is
// here so that nobody takes the wrapping over into HMAC.
func TestLegacySignatureIsAnotherOne(t *testing.T) {
	t.Parallel()
	text := "bar2foo1foo_bar3foobar4"
	sum := md5.Sum([]byte("testsecret" + text + "testsecret"))
	if got := strings.ToUpper(hex.EncodeToString(sum[:])); got != "54C22189FE38F1B7E6E4D701FB82851E" {
		t.Errorf("MD5 %s", got)
	}
	params := map[string]string{"foo": "1", "bar": "2", "foo_bar": "3", "foobar": "4"}
	if sign("testsecret", "", params) == sign("testsecret", "testsecret", params) {
		t.Error("the secret before the text makes no difference")
	}
}

func TestPushSignature(t *testing.T) {
	t.Parallel()
	got := hex.EncodeToString(signPush("appsecret", "123456", []byte(`{"hello":"world"}`)))
	if got != "ea0e543b978f41c6f7369350b3d37b0f713a91775b77d1c196d4a7098548d1d7" {
		t.Errorf("push signature %s", got)
	}
}

func TestTreeReadsAllShapes(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"bare list":       `{"l":[{"n":1},{"n":"2"}]}`,
		"wrapped":         `{"l":{"any_name":[{"n":"1"},{"n":2}]}}`,
		"wrapped twice":   `{"l":{"a":{"b":[{"n":1.0},{"n":2}]}}}`,
		"text of a list":  `{"l":"[{\"n\":1},{\"n\":2}]"}`,
		"null among them": `{"l":[null,{"n":1},{"n":2}],"extra":{"x":[]}}`,
	} {
		root, err := parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		list := root.get("l").list()
		if len(list) != 2 {
			t.Errorf("%s: %d elements, want 2", name, len(list))
			continue
		}
		for i, n := range list {
			if got, ok := n.get("n").whole(); !ok || got != int64(i+1) {
				t.Errorf("%s: element %d is %d", name, i, got)
			}
		}
	}
	root, _ := parse([]byte(`{"one":{"item":{"a":1,"b":2}},"none":{},"empty":"","t":"TRUE","f":"false","x":7.5}`))
	if n := len(root.get("one").list()); n != 1 {
		t.Errorf("a single element without its list: %d", n)
	}
	if len(root.get("none").list())+len(root.get("empty").list())+len(root.get("missing").list()) != 0 {
		t.Error("what is empty has elements")
	}
	if _, ok := root.get("x").whole(); ok || !root.get("t").yes() || root.get("f").yes() {
		t.Error("numbers or booleans are misread")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]connector.Outcome{
		`{"error_response":{"code":"ApiCallLimit","msg":"Api access frequency exceeds the limit. this ban will last 1 seconds"}}`:                                             connector.WasNotSent,
		`{"error_response":{"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-app-api-access-count","sub_msg":"This ban will last for 2 more seconds"}}`: connector.WasNotSent,
		`{"error_response":{"code":27,"msg":"Invalid session","sub_code":"invalid-sessionkey"}}`:                                                                              connector.WasNotLetIn,
		`{"code":"IllegalAccessToken","type":"ISV","message":"The specified access token is invalid or expired"}`:                                                             connector.WasNotLetIn,
		`{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isv.account-migration-check-fail"}}`:                                                           connector.WasNotLetIn,
		`{"error_response":{"code":"IncompleteSignature","msg":"The request signature does not conform to platform standards"}}`:                                              connector.WasNotLetIn,
		`{"error_response":{"code":"InvalidAppKey","msg":"The specified App Key is invalid"}}`:                                                                                connector.WasNotLetIn,
		`{"error_response":{"code":"IllegalTimestamp","msg":"The specified timestamp is invalid or expired"}}`:                                                                connector.WasNotLetIn,
		`{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isp.service-unavailable"}}`:                                                                    connector.WasLost,
		`{"error_response":{"code":"ServiceTimeout","msg":"..."}}`:                                                                                                            connector.WasLost,
		`{"error_response":{"code":"SomethingNew","msg":"?"}}`:                                                                                                                connector.WasLost,
		`{"error_response":{"code":"MissingParameter","msg":"product_items"}}`:                                                                                                connector.WasRejected,
		`{"error_response":{}}`: connector.WasLost,
		`not json`:              connector.WasLost,
		`[]`:                    connector.WasLost,
		`{"aliexpress_ds_order_create_response":{"result":{"is_success":true},"code":"0"}}`: connector.Done,
	} {
		_, err := open([]byte(body))
		if got := connector.OutcomeOf(err); got != want {
			t.Errorf("%s: %s (%v), want %s", body, got, err, want)
		}
	}
	_, err := open([]byte(`{"error_response":{"code":"ApiCallLimit","msg":"this ban will last 9 seconds"}}`))
	if connector.Wait(err) != 10*time.Second {
		t.Errorf("a ban of 9 s: wait %s, want 10 s", connector.Wait(err))
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for _, one := range [][4]string{
		{"+1 (555) 555-0100", "US", "+1", "5555550100"},
		{"0171 1234567", "DE", "+49", "1711234567"},
		{"+49 (0)171 1234567", "DE", "+49", "1711234567"},
		{"0034 612 345 678", "ES", "+34", "612345678"},
		{"06 1234 5678", "IT", "+39", "0612345678"},
		{"+33612345678", "ES", "+33", "612345678"},
		{"0501234567", "SA", "+966", "501234567"},
		{"", "US", "", ""},
	} {
		code, national := phone(one[0], one[1])
		if code != one[2] || national != one[3] {
			t.Errorf("%s in %s: %s %s, want %s %s", one[0], one[1], code, national, one[2], one[3])
		}
	}
}

func TestCountries(t *testing.T) {
	t.Parallel()
	for iso, theirs := range map[string]string{"GB": "UK", "RS": "SRB", "ME": "MNE", "XK": "KS", "DE": "DE", "us": "US"} {
		if got := theirCountry(iso); got != theirs {
			t.Errorf("%s: %s, want %s", iso, got, theirs)
		}
		if got := ourCountry(theirs); got != strings.ToUpper(iso) { //nolint:gocritic // the case matters
			t.Errorf("%s: %s, want %s", theirs, got, iso)
		}
	}
	for value, iso := range map[string]string{"China": "CN", "United States": "US", "Poland": "PL", "DE": "DE", "Atlantis": "", "": ""} {
		if got := countryNamed(value); got != iso {
			t.Errorf("ships from %q: %q, want %q", value, got, iso)
		}
	}
}

func TestScansMean(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		name, words string
		want        carrier.Kind
	}{
		{"CREATED", "Your order has been successfully created", carrier.LabelMade},
		{"AE_ORDER_PLACED", "", carrier.LabelMade},
		{"", "Your package is currently being prepared", carrier.LabelMade},
		{"PU_PICKUP_SUCCESS", "Accepted by carrier", carrier.InTransit},
		{"AE_LH_ARRIVE", "Arrived at destination", carrier.InTransit},
		{"AE_LAST_MILE_HO_SUCCESS", "", carrier.InTransit},
		{"CC_IM_SUCCESS", "Import customs clearance complete", carrier.InTransit},
		{"", "Delivered to the local delivery company", carrier.InTransit},
		{"GTMS_DO_DEPART", "Out for delivery", carrier.OutForDelivery},
		{"AE_GTMS_SIGNED", "Package delivered", carrier.Delivered},
		{"Delivered", "", carrier.Delivered},
		{"GTMS_SIGN_FAILURE", "Delivery attempt unsuccessful", carrier.AttemptFailed},
		{"", "Available for pickup at the parcel locker", carrier.PickupReady},
		{"RETURN_START", "", carrier.Returning},
		{"", "Package is being returned to sender", carrier.Returning},
		{"RETURNED", "", carrier.Returned},
		{"PARCEL_LOST", "", carrier.Lost},
		{"ZZZ", "qqq", carrier.Unknown},
	} {
		if got := kindOf(one.name, one.words); got != one.want {
			t.Errorf("%s %q: %s, want %s", one.name, one.words, got, one.want)
		}
	}
}

func TestFreightUnits(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int64{
		`{"shipping_fee_cent":"13.57","shipping_fee_format":"13,57€"}`:   1357,
		`{"shipping_fee_cent":13.57}`:                                    1357,
		`{"shipping_fee_cent":"13"}`:                                     1300,
		`{"shipping_fee_cent":"13","shipping_fee_format":"€13.00"}`:      1300,
		`{"shipping_fee_cent":"1357","shipping_fee_format":"US $13.57"}`: 1357, // real cents, should they ever come
		`{"shipping_fee_cent":"57","shipping_fee_format":"US $0.57"}`:    57,
		`{"free_shipping":true}`:                                         0,
		`{"free_shipping":"false","shipping_fee_cent":"0"}`:              0,
	} {
		root, _ := parse([]byte(body))
		if got, err := fee(root, "EUR"); err != nil || got.Minor != want {
			t.Errorf("%s: %s (%v), want %d", body, got, err, want)
		}
	}
	root, _ := parse([]byte(`{"shipping_fee_cent":"x"}`))
	if _, err := fee(root, money.Currency("EUR")); err == nil {
		t.Error("a fee of x is taken")
	}
}

func TestCPF(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"52998224725": true, "52998224724": false, "11111111111": false, "": false, "5299822472": false} {
		if validCPF(s) != want {
			t.Errorf("CPF %q: %v", s, !want)
		}
	}
}
