package message

import (
	"strings"

	gomessage "github.com/emersion/go-message"
)

// automatic says why no person wrote a mail; empty when one did. Such a mail is kept and
// shown, and never makes anything be sent (RFC 3834).
func automatic(h gomessage.Header, from string) string {
	kind, params, _ := h.ContentType() // without a type it is plain text
	value := func(key string) string { return strings.ToLower(strings.TrimSpace(h.Get(key))) }
	local, _, _ := strings.Cut(from, "@")
	switch {
	case kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status"),
		local == "mailer-daemon", local == "postmaster" && value("Return-Path") == "<>":
		return Bounce
	}
	if said := value("Auto-Submitted"); said != "" && !strings.HasPrefix(said, "no") {
		return AutoReply
	}
	for _, key := range []string{"X-Autoreply", "X-Autorespond", "X-Auto-Reply"} {
		if said := value(key); said != "" && said != "no" {
			return AutoReply
		}
	}
	switch value("Precedence") {
	case "auto_reply":
		return AutoReply
	case "bulk", "list", "junk":
		return List
	}
	if value("List-Id") != "" || value("List-Unsubscribe") != "" {
		return List
	}
	if value("Return-Path") == "<>" {
		return AutoReply
	}
	return ""
}
