package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// watch notes what goes wrong in a tab while nobody looks.
type watch struct {
	mu       sync.Mutex
	faults   []string
	expected []expectation
	asked    map[network.RequestID]string // URLs of requests under way
}

// expectation is an answer that a test wants, though it would be a fault elsewhere.
type expectation struct {
	status int64
	path   string
}

// hear takes every event of the tab. It may not call the browser.
func (w *watch) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		words := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			words += " " + e.ExceptionDetails.Exception.Description
		}
		w.note("exception: %s (%s:%d)", words, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.note("console: %s", arguments(e.Args))
		}
	case *log.EventEntryAdded:
		// Answers and failures of the network are judged below, where they can be expected.
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			w.note("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *audits.EventIssueAdded:
		w.policy(e.Issue)
	case *network.EventRequestWillBeSent:
		w.asked[e.RequestID] = e.Request.URL
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 && !w.wanted(e.Response.Status, e.Response.URL) {
			w.note("%d from %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFailed:
		// The browser asks for this one by itself; where a page names an icon it does not.
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" && !strings.HasSuffix(w.asked[e.RequestID], "/favicon.ico") {
			w.note("%s %s from %s", e.ErrorText, e.BlockedReason, w.asked[e.RequestID])
		}
	}
}

// policy notes a breach of the Content-Security-Policy.
func (w *watch) policy(issue *audits.InspectorIssue) {
	if issue == nil || issue.Details == nil || issue.Details.ContentSecurityPolicyIssueDetails == nil {
		return
	}
	d := issue.Details.ContentSecurityPolicyIssueDetails
	where := ""
	if d.SourceCodeLocation != nil {
		where = fmt.Sprintf(" at %s:%d", d.SourceCodeLocation.URL, d.SourceCodeLocation.LineNumber+1)
	}
	w.note("content policy: %s blocked %s %s%s", d.ViolatedDirective, d.ContentSecurityPolicyViolationType, d.BlockedURL, where)
}

func (w *watch) note(format string, args ...any) {
	if words := fmt.Sprintf(format, args...); !slices.Contains(w.faults, words) {
		w.faults = append(w.faults, words)
	}
}

func (w *watch) wanted(status int64, url string) bool {
	return slices.ContainsFunc(w.expected, func(e expectation) bool {
		return e.status == status && strings.Contains(url, e.path)
	})
}

// take is the faults so far; they are told once.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.faults
	w.faults = nil
	return list
}

func arguments(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		if text := strings.Trim(string(a.Value), `"`); text != "" {
			words = append(words, text)
		} else {
			words = append(words, a.Description)
		}
	}
	return strings.Join(words, " ")
}
