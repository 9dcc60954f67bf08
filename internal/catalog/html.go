package catalog

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// policy is bluemonday's for users' content, made tighter: no ids and classes (they could
// take the shop's own), no forms, no relative links, links that pass no credit and no
// referrer, pictures from the web only.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "u", "s",
		"small", "sub", "sup", "mark", "abbr", "blockquote", "pre", "code", "figure", "figcaption", "section", "article", "details", "summary")
	p.AllowLists()
	p.AllowElements("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
	p.AllowAttrs("colspan", "rowspan").Matching(bluemonday.Integer).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`(?i)^(?:row|col)(?:group)?$`)).OnElements("th")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{2,8})*$`)).Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").OnElements("img")
	p.AllowAttrs("alt", "title").Matching(bluemonday.Paragraph).OnElements("img", "a", "abbr")
	p.AllowAttrs("width", "height").Matching(bluemonday.Number).OnElements("img")
	p.AllowURLSchemes("https", "http", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
})

// CleanHTML is html with nothing in it that could run, phone home by form, or take the
// place of the shop's own elements. Cleaning twice changes nothing more.
func CleanHTML(html string) string {
	html = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(html, "\x00", ""), "\ufffd"))
	if !strings.ContainsAny(html, "<>&\"'") {
		return html // plain text, the most frequent case
	}
	return strings.TrimSpace(policy().Sanitize(html)) //nolint:misspell // bluemonday spells it so
}
