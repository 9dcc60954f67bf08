package storefront

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// choiceSwap is the choice of another article; the others are flow's.
const choiceSwap = "swap"

// choicePage is what a customer chooses from about units that nobody sends.
type choicePage struct {
	orderPage
	Swaps  []swapLine
	Query  string // what other articles are looked for by
	Notice string // why the last choice could not be had
}

// swapLine is a line and the articles that can be sent in its place.
type swapLine struct {
	flow.ChoiceLine
	Options []ui.Option
}

func (s *shop) choicePage(v *visit) error { return s.showChoice(v, http.StatusOK, "") }

// showChoice shows the question, with what could be sent instead.
func (s *shop) showChoice(v *visit, status int, notice string) error {
	return s.showWish(v, k("choice_title"), func(p orderPage) bool { return p.Wishes.Choice.Open() }, func(o orderPage) error {
		p := choicePage{orderPage: o, Notice: notice, Query: cut(strings.Join(strings.Fields(v.r.FormValue("q")), " "), 100)}
		var among []id.Product
		if p.Query != "" {
			found, err := s.index(v)
			if err != nil {
				return err
			}
			hits, _ := found.find(p.Query)
			among = append([]id.Product{}, hits...) // none is none, not all
		}
		err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
			p.Swaps = nil
			for _, l := range p.Wishes.Choice.Lines {
				list, err := flow.SwapOptions(ctx, tx, v.store, p.ID, l.Line, among)
				if err != nil {
					return err
				}
				p.Swaps = append(p.Swaps, swapLine{l, v.swapOptions(list)})
			}
			return nil
		})
		if err != nil {
			return err
		}
		return v.show(status, choiceView(v, p))
	})
}

// swapOptions are articles to choose from, with what each costs and what goes back.
func (v *visit) swapOptions(list []flow.SwapOption) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, o := range list {
		out[i] = ui.Option{Value: string(o.Variant), Name: o.Title, Side: v.price(o.Price), Chosen: len(list) == 1}
		if o.VariantTitle != "" {
			out[i].Name += " · " + o.VariantTitle
		}
		if o.Less.Minor > 0 {
			out[i].Words = v.say("choice_swap_back", "amount", v.price(o.Less))
		}
	}
	return out
}

// swappable says whether there is anything to choose instead.
func (p choicePage) swappable() bool {
	return slices.ContainsFunc(p.Swaps, func(l swapLine) bool { return len(l.Options) > 0 })
}

// choose takes the customer's choice about what nobody sends.
func (s *shop) choose(v *visit) error {
	if choice := v.r.PostFormValue("choice"); choice != choiceSwap {
		return s.wish(v, func(ctx context.Context, tx *db.Tx, name id.Order) error {
			return flow.AnswerShort(ctx, tx, v.store, name, choice)
		})
	}
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	line, _ := strconv.ParseInt(v.r.PostFormValue("line"), 10, 64) // what is none is a line that is not there
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.SwapShort(ctx, tx, v.store, name, line, id.Variant(v.r.PostFormValue("variant")))
	})
	if r, refused := errors.AsType[*flow.Refusal](err); refused && r.Code != "not-asked" { // else the order's page says how things stand
		return s.showChoice(v, http.StatusConflict, s.refusedWords(v, r))
	}
	if _, err := s.refusal(v, err); err != nil {
		return err
	}
	return v.leave(s.orderURL(v, name))
}
