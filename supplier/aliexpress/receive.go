package aliexpress

import (
	"crypto/hmac"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"doorstep/connector"
	"doorstep/supplier"
)

// Receive reads a push message (topic DROPSHIPPER_ORDER_STATUS_UPDATE). AliExpress does not
// document a signature, so a message is never believed: it asks for a look at the order.
// A signature that is there must hold; with verify_push "always" it must be there.
func (c *Conn) Receive(header http.Header, body []byte) (supplier.Message, error) {
	given := strings.TrimSpace(header.Get("Authorization"))
	switch {
	case given != "":
		want := signPush(c.values["app_secret"], c.values["app_key"], body)
		got, err := hex.DecodeString(given)
		if err != nil || !hmac.Equal(got, want) {
			return supplier.Message{}, connector.ErrForged
		}
	case c.values["verify_push"] == "always":
		return supplier.Message{}, connector.ErrForged
	}
	root, err := parse(body)
	if err != nil {
		return supplier.Message{}, fmt.Errorf("push: %w", err)
	}
	data := root.get("data")
	order, state := data.get("orderId", "order_id").text(), data.get("orderStatus", "order_status").text()
	if order == "" || onlyDigits(order) != order || len(order) > 20 {
		return supplier.Message{}, connector.ErrIgnored // another topic
	}
	return supplier.Message{
		Key:     order + "/" + state + "/" + root.get("timestamp").text(),
		Recheck: []supplier.Ref{{Ref: order}}, Unsigned: given == "",
	}, nil
}
