package emulator

// invalidRequest is the type of most errors.
const invalidRequest = "invalid_request_error"

// fault is an error of the API, in Stripe's envelope.
type fault struct {
	status  int
	kind    string // "type" in the envelope
	code    string
	decline string
	message string
	param   string
	intent  object // shown beside errors about its state
	door    bool   // refused before the endpoint began: not stored under the key
}

func (f *fault) answer(c call) answer {
	inner := object{"type": f.kind, "message": f.message, "request_log_url": "https://dashboard.stripe.com/test/logs/" + c.request}
	for key, value := range map[string]string{"code": f.code, "decline_code": f.decline, "param": f.param} {
		if value != "" {
			inner[key] = value
		}
	}
	if f.code != "" {
		inner["doc_url"] = "https://stripe.com/docs/error-codes/" + f.code
	}
	if f.intent != nil {
		inner["payment_intent"] = f.intent
	}
	return answer{f.status, encode(object{"error": inner})}
}

func inside() *fault {
	return &fault{status: 500, kind: "api_error", message: "An unknown error occurred"}
}

// missing is the answer for a name that is not known.
func missing(kind, id, param string) *fault {
	return &fault{status: 404, kind: invalidRequest, code: "resource_missing", param: param, message: "No such " + kind + ": '" + id + "'"}
}

// wrong is a parameter that is refused at the door.
func wrong(param, code, message string) *fault {
	return &fault{status: 400, kind: invalidRequest, code: code, param: param, message: message, door: true}
}

// card is a refusal by the customer's bank.
func cardFault(code, decline, message string) *fault {
	return &fault{status: 402, kind: "card_error", code: code, decline: decline, message: message}
}
