package config

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func TestCheckSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base Base
		want string // in the error; empty: none
	}{
		{Base{Database: "shop.db", Currency: "EUR"}, ""},
		{Base{Database: "postgres://u:secret@h/d", Currency: "JPY"}, ""},
		{Base{Database: " ", Currency: "EUR"}, "--database"},
		{Base{Database: "mysql://u:secret@h/d", Currency: "EUR"}, "mysql://"},
		{Base{Database: "shop.db", Currency: "Euro"}, "ISO 4217"},
	} {
		err := c.base.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.base, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	got, err := Pairs([]string{"a=1", "b = x=y;z", "c="})
	if err != nil || got["a"] != "1" || got["b"] != " x=y;z" || got["c"] != "" || len(got) != 3 {
		t.Errorf("Pairs = %v, %v", got, err)
	}
	for _, bad := range [][]string{{"a"}, {"=1"}, {"a=1", "a=2"}} {
		if _, err := Pairs(bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestAKeyForOnceIsMadeOnlyWhereNoneCanBe(t *testing.T) {
	t.Parallel()
	if s, made := (Base{Database: "shop.db"}).ForOnce(); made != "" || s.Database != "shop.db" {
		t.Errorf("a file: %+v, %q", s, made)
	}
	a, first := Base{Database: "postgres://h/d"}.ForOnce()
	_, second := Base{Database: "postgres://h/d"}.ForOnce()
	if first == "" || first == second || a.Key != first || len(first) != 64 {
		t.Errorf("a server: %+v, %q, %q", a, first, second)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	var flags struct {
		Base
		Listen string
	}
	parse := func(text string, args ...string) error {
		r, err := File(strings.NewReader(text))
		if err != nil {
			return err
		}
		k, err := kong.New(&flags, kong.Resolvers(r))
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.Parse(args)
		return err
	}
	if err := parse("# ours\n\nlisten = 0.0.0.0:80\nstore-name=Lumen & Loam = Co\n", "--currency", "CHF"); err != nil {
		t.Fatal(err)
	}
	if flags.Listen != "0.0.0.0:80" || flags.StoreName != "Lumen & Loam = Co" || flags.Currency != "CHF" {
		t.Errorf("flags = %+v", flags)
	}
	if err := parse("listen\n"); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a line without =: %v", err)
	}
	if err := parse("lisen=x\n"); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("an unknown name: %v", err)
	}
}
