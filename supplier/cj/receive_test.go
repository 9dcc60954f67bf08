package cj_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/supplier"
	"doorstep/supplier/suppliertest"

	"github.com/google/go-cmp/cmp"
)

// vector is a body and its signature by account 12345, worked out from the published
// formula.
const (
	vectorBody = `{"hello":"world"}`
	vectorSign = "fK/rpTvG+XZW/C6NZcf9LAXkDhPQfqbhHcUSynNXdCA="
)

// receiver is a connector that knows its account's number by setting.
func receiver(t *testing.T, id string) supplier.Receiver {
	t.Helper()
	clock := suppliertest.NewClock()
	return openAt(t, &suppliertest.Vault{}, clock.Now, &logged{}, values("http://127.0.0.1:1", "open_id", id)).(supplier.Receiver)
}

func TestSignature(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	if got := d.Sign([]byte(vectorBody)).Get("sign"); got != vectorSign {
		t.Errorf("the emulator signs %s, want %s", got, vectorSign)
	}
	r := receiver(t, "12345")
	header := http.Header{}
	header.Set("sign", vectorSign)
	if _, err := r.Receive(header, []byte(vectorBody)); !errors.Is(err, connector.ErrIgnored) {
		t.Errorf("genuine and of no use: %v, want ignored", err)
	}
	if _, err := r.Receive(header, []byte(vectorBody+"\n")); !errors.Is(err, connector.ErrForged) {
		t.Errorf("altered: %v, want forged", err)
	}
	if _, err := receiver(t, "12346").Receive(header, []byte(vectorBody)); !errors.Is(err, connector.ErrForged) {
		t.Errorf("another account: %v, want forged", err)
	}
	if _, err := receiver(t, "").Receive(header, []byte(vectorBody)); err == nil || errors.Is(err, connector.ErrIgnored) {
		t.Errorf("account not known: %v, want an error", err)
	}
}

// The number learned by one node serves another one that has made no call yet.
func TestOpenIDFromTheVault(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	if err := d.check(d.open()); err != nil {
		t.Fatal(err)
	}
	_, err := d.open().(supplier.Receiver).Receive(d.Sign([]byte(vectorBody)), []byte(vectorBody))
	if !errors.Is(err, connector.ErrIgnored) {
		t.Errorf("%v, want ignored", err)
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	r := receiver(t, "12345")
	at := func(text string) time.Time {
		when, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		name, body string
		want       supplier.Message
		err        error
	}{
		{"order", `{"messageId":"m1","type":"ORDER","messageType":"UPDATE","openId":12345,"params":{"cjOrderId":210823100016290555,"orderNumber":"K-1","orderNum":"K-1",
			"orderStatus":"SHIPPED","logisticName":"CJPacket Ordinary","trackNumber":"LX000000005CN","trackingUrl":"https://cjpacket.com/x","updateDate":"2026-11-22 10:00:00","extra":[1]}}`,
			supplier.Message{Key: "m1", Status: []supplier.Status{{Ref: supplier.Ref{Key: "K-1", Ref: "210823100016290555"}, State: supplier.Shipped, At: at("2026-11-22 10:00:00"),
				Parcels: []supplier.Parcel{{Number: "LX000000005CN", Carrier: "CJPacket Ordinary", URL: "https://cjpacket.com/x"}}}}}, nil},
		{"order connected anew", `{"messageId":"m2","type":"ORDER","messageType":"ORDER_CONNNECTED","params":{"cjOrderId":"SD2","orderNum":"K-2","orderStatus":null}}`,
			supplier.Message{Key: "m2", Recheck: []supplier.Ref{{Key: "K-2", Ref: "SD2"}}}, nil},
		{"order with a script as link", `{"messageId":"m3","type":"ORDER","params":{"cjOrderId":"SD3","orderNumber":"K-3","orderStatus":"UNSHIPPED","trackNumber":"N","trackingUrl":"javascript:alert(1)"}}`,
			supplier.Message{Key: "m3", Status: []supplier.Status{{Ref: supplier.Ref{Key: "K-3", Ref: "SD3"}, State: supplier.Accepted, Parcels: []supplier.Parcel{{Number: "N"}}}}}, nil},
		{"split", `{"messageId":"m4","type":"ORDERSPLIT","params":{"originalOrderId":"SD4","orderSplitTime":1,"splitOrderList":[{"orderCode":"SD4-1","createAt":1732270000000},{"orderCode":"SD4-2"}]}}`,
			supplier.Message{Key: "m4", Recheck: []supplier.Ref{{Ref: "SD4", Parts: []string{"SD4-1", "SD4-2"}}}}, nil},
		{"way of a parcel", `{"messageId":"m5","type":"LOGISTIC","params":{"orderId":"SD5","storeOrderNumbers":["K-5"],"logisticName":"USPS+","trackingNumber":"9400","trackingStatus":"12",
			"logisticsTrackEvents":"[{\"status\":12,\"activity\":\" Delivered, PO Box\",\"location\":\"NENANA,AK 99760\",\"eventTime\":\"2024-01-18 07:59:22\",\"statusDesc\":\"Delivered\"},{\"status\":99,\"statusDesc\":\"?\",\"eventTime\":\"2024-01-17 07:59:22\"},{\"status\":5}]"}}`,
			supplier.Message{Key: "m5", Recheck: []supplier.Ref{{Key: "K-5", Ref: "SD5"}}, Status: []supplier.Status{{Ref: supplier.Ref{Key: "K-5", Ref: "SD5"}, State: supplier.PartShip, At: at("2024-01-18 07:59:22"),
				Parcels: []supplier.Parcel{{Number: "9400", Carrier: "USPS+", Events: []carrier.Event{
					{At: at("2024-01-18 07:59:22"), Kind: carrier.Delivered, Words: "Delivered, PO Box", Location: "NENANA,AK 99760"},
					{At: at("2024-01-17 07:59:22"), Kind: carrier.Unknown, Words: "?"}}}}}}}, nil},
		{"a label only", `{"messageId":"m6","type":"LOGISTIC","params":{"orderId":6,"trackingNumber":"9400","trackingStatus":0,"logisticsTrackEvents":"[]"}}`,
			supplier.Message{Key: "m6", Recheck: []supplier.Ref{{Ref: "6"}}}, nil},
		{"stock", `{"messageId":"m7","type":"STOCK","params":{"v2":[{"vid":"v2","storageNum":3}],"v1":[]}}`, supplier.Message{Key: "m7", SKUs: []string{"v1", "v2"}}, nil},
		{"variant", `{"messageId":"m8","type":"VARIANT","params":{"vid":"v1","pid":"p1"}}`, supplier.Message{Key: "m8", SKUs: []string{"v1"}}, nil},
		{"product", `{"messageId":"m9","type":"PRODUCT","params":{"pid":1424608189734850560}}`, supplier.Message{Key: "m9", SKUs: []string{"1424608189734850560"}}, nil},
		{"further bill", `{"messageId":"m10","type":"MAKEUP","params":{"orderId":"BT1","relationOrderId":"SD9"}}`, supplier.Message{Key: "m10", Recheck: []supplier.Ref{{Ref: "SD9"}}}, nil},
		{"sourcing", `{"messageId":"m11","type":"SOURCINGCREATE","params":{}}`, supplier.Message{}, connector.ErrIgnored},
		{"the probe", `{"messageId":"probe","type":"PROBE","messageType":"INSERT","params":{}}`, supplier.Message{}, connector.ErrIgnored},
		{"empty object", `{}`, supplier.Message{}, connector.ErrIgnored},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := r.Receive(d.Sign([]byte(c.body)), []byte(c.body))
			if !errors.Is(err, c.err) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			for i := range got.Status {
				got.Status[i].Raw = nil
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// All of trackingStatus.
func TestTrackingStatus(t *testing.T) {
	t.Parallel()
	d, r := newDesk(t, nil), receiver(t, "12345")
	want := []carrier.Kind{carrier.LabelMade, carrier.InTransit, carrier.InTransit, carrier.Returning, carrier.InTransit, carrier.InTransit, carrier.InTransit,
		carrier.InTransit, carrier.InTransit, carrier.InTransit, carrier.OutForDelivery, carrier.PickupReady, carrier.Delivered, carrier.Exception, carrier.Returning, carrier.Unknown}
	events := ""
	for i := range want {
		events += fmt.Sprintf(`,{"status":%d,"eventTime":"2026-01-01 00:00:%02d"}`, i, i)
	}
	body := []byte(`{"messageId":"m","type":"LOGISTIC","params":{"orderId":"1","trackingNumber":"N","trackingStatus":5,"logisticsTrackEvents":[` + events[1:] + `]}}`)
	m, err := r.Receive(d.Sign(body), body)
	if err != nil {
		t.Fatal(err)
	}
	var got []carrier.Kind
	for _, e := range m.Status[0].Parcels[0].Events {
		got = append(got, e.Kind)
	}
	if !slices.Equal(got, want) {
		t.Errorf("kinds %v, want %v", got, want)
	}
}
