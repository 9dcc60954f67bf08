package storefront

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// shelfRow is how many products one page of a collection shows.
const shelfRow = 24

// shelfPage is a collection, narrowed and sorted.
type shelfPage struct {
	Title, Body string
	Path        string
	Cards       []report.Card
	Paging      ui.Paging
	Filters     []filter
	From, To    string // as typed
	Low, High   money.Amount
	InStock     bool
	Sort        report.Sort
	Active      []link // filters that are on, and where to without each
	Crumbs      []ui.Crumb
	Bare        bool   // there is nothing to narrow: the shelf is empty by itself
	Query       string // of a search
	Suggest     string // what may have been meant
}

// filter is an option and its values.
type filter struct {
	Name   string
	Values []filterValue
	Open   bool
}

type filterValue struct {
	report.FacetValue
	On bool
}

// sorts are the orders to choose from; the names are keys of texts.
var sorts = []ui.Choice{
	{Value: string(report.Featured), Name: k("sort_featured")}, {Value: string(report.Newest), Name: k("sort_newest")},
	{Value: string(report.Cheapest), Name: k("sort_cheapest")}, {Value: string(report.Dearest), Name: k("sort_dearest")},
	{Value: string(report.ByTitle), Name: k("sort_title")},
}

// collection shows one collection; "all" is everything.
func (s *shop) collection(v *visit) error {
	handle := v.r.PathValue("handle")
	p := shelfPage{Title: v.say("all_products"), Path: "/collections/" + handle, Crumbs: []ui.Crumb{{Name: v.say("home"), URL: "/"}, {Name: v.say("collections"), URL: "/collections"}}}
	want := s.wanted(v, &p)
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		if handle != "all" {
			c, err := catalog.CollectionByHandle(ctx, tx, v.store, handle)
			if err != nil {
				return err
			}
			p.Title, p.Body, want.Collection = c.Title, c.Body, c.CollectionID
		}
		page, err := report.OnShelf(ctx, tx, v.store, want, v.r.URL.Query().Get("after"), shelfRow)
		if err != nil {
			return err
		}
		p.Cards = page.Cards
		p.Paging = paging(v.r.URL, page.Next)
		sieve, err := s.sieveOf(ctx, tx, v, want.Collection)
		if err != nil {
			return err
		}
		p.Low, p.High = money.New(sieve.low, v.set.Currency), money.New(sieve.high, v.set.Currency)
		p.Filters = filters(sieve.facets, want.Options)
		return nil
	})
	if err != nil {
		return err
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Name: p.Title})
	p.Active = active(v, p)
	p.Bare = len(p.Cards) == 0 && len(p.Active) == 0 && len(p.Filters) == 0
	v.about(p.Title, p.Body, p.Path)
	if len(v.r.URL.Query()) > 0 {
		v.page.Robots = "noindex, follow"
	}
	v.w.Header().Set("HX-Push-Url", clean(v.r.URL))
	if v.partial() {
		return v.show(http.StatusOK, shelfResults(v, p))
	}
	return v.show(http.StatusOK, shelfView(v, p))
}

// wanted reads filters and sort from the address: o.Colour=Oat&from=10&to=50&stock=yes&sort=price.
func (s *shop) wanted(v *visit, p *shelfPage) report.Shelf {
	q := v.r.URL.Query()
	want := report.Shelf{Options: map[string][]string{}, InStock: q.Get("stock") == "yes", Sort: report.Sort(q.Get("sort"))}
	for key, values := range q {
		name, ok := strings.CutPrefix(key, "o.")
		if ok && len(want.Options) < catalog.MaxOptions && len(values) <= 50 {
			want.Options[name] = values
		}
	}
	want.From, p.From = bound(q.Get("from"), v.set.Currency)
	want.To, p.To = bound(q.Get("to"), v.set.Currency)
	p.InStock, p.Sort = want.InStock, want.Sort
	if !slices.ContainsFunc(sorts, func(c ui.Choice) bool { return c.Value == string(want.Sort) }) {
		want.Sort, p.Sort = report.Featured, report.Featured
	}
	return want
}

// bound reads a price as people type it; what is none is no bound.
func bound(text string, c money.Currency) (minor int64, typed string) {
	text = strings.ReplaceAll(strings.TrimSpace(text), ",", ".")
	a, err := money.Parse(text, c)
	if err != nil || a.Minor <= 0 {
		return 0, ""
	}
	return a.Minor, text
}

func filters(facets []report.Facet, on map[string][]string) []filter {
	var list []filter
	for _, f := range facets {
		if len(list) == 4 {
			break
		}
		one := filter{Name: f.Name, Open: len(on[f.Name]) > 0}
		for i, value := range f.Values {
			chosen := slices.Contains(on[f.Name], value.Value)
			if i < 30 || chosen {
				one.Values = append(one.Values, filterValue{value, chosen})
			}
		}
		list = append(list, one)
	}
	return list
}

// active are the filters that are on.
func active(v *visit, p shelfPage) []link {
	var list []link
	without := func(key, value string) string {
		q := v.r.URL.Query()
		q[key] = slices.DeleteFunc(slices.Clone(q[key]), func(s string) bool { return s == value })
		q.Del("after")
		return clean(&url.URL{Path: p.Path, RawQuery: q.Encode()})
	}
	for _, f := range p.Filters {
		for _, value := range f.Values {
			if value.On {
				list = append(list, link{f.Name + ": " + value.Value, without("o."+f.Name, value.Value)})
			}
		}
	}
	if p.From != "" {
		list = append(list, link{v.say("filter_from", "price", p.From), without("from", v.r.URL.Query().Get("from"))})
	}
	if p.To != "" {
		list = append(list, link{v.say("filter_to", "price", p.To), without("to", v.r.URL.Query().Get("to"))})
	}
	if p.InStock {
		list = append(list, link{v.say("filter_stock"), without("stock", "yes")})
	}
	return list
}

// paging are the addresses of the next page and of the beginning.
func paging(at *url.URL, next string) ui.Paging {
	var p ui.Paging
	with := func(after string) string {
		q := at.Query()
		q.Del("after")
		if after != "" {
			q.Set("after", after)
		}
		return clean(&url.URL{Path: at.Path, RawQuery: q.Encode()})
	}
	if at.Query().Get("after") != "" {
		p.First = with("")
	}
	if next != "" {
		p.Next = with(next)
	}
	return p
}

// clean is an address without empty parameters.
func clean(u *url.URL) string {
	q := u.Query()
	for key, values := range q {
		q[key] = slices.DeleteFunc(values, func(s string) bool { return s == "" })
		if len(q[key]) == 0 {
			q.Del(key)
		}
	}
	if len(q) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + q.Encode()
}

// searchRow is how many products one page of a search shows.
const searchRow = 24

// search shows what fits some words, the best first.
func (s *shop) search(v *visit) error {
	words := cut(strings.Join(strings.Fields(v.r.URL.Query().Get("q")), " "), 100)
	p := shelfPage{Title: v.say("search"), Path: "/search", Query: words, Crumbs: []ui.Crumb{{Name: v.say("home"), URL: "/"}, {Name: v.say("search")}}}
	found, err := s.index(v)
	if err != nil {
		return err
	}
	hits, near := found.find(words)
	p.Suggest = near
	from, _ := strconv.Atoi(v.r.URL.Query().Get("after"))
	from = min(max(0, from), len(hits))
	to := min(from+searchRow, len(hits))
	if p.Cards, err = s.cards(v, hits[from:to]); err != nil {
		return err
	}
	next := ""
	if to < len(hits) {
		next = strconv.Itoa(to)
	}
	p.Paging = paging(v.r.URL, next)
	if words != "" {
		p.Title = v.say("search_results", "words", words)
	}
	v.about(p.Title, "", "")
	v.page.Robots = "noindex, follow"
	return v.show(http.StatusOK, searchView(v, p, len(hits)))
}
