package money_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"doorstep/money"
)

// currencies have 0, 2 and 3 digits.
var currencies = []money.Currency{"JPY", "EUR", "USD", "KWD"}

func anyCurrency() *rapid.Generator[money.Currency] { return rapid.SampledFrom(currencies) }

func TestDigits(t *testing.T) {
	t.Parallel()
	for c, want := range map[money.Currency]int{"JPY": 0, "EUR": 2, "KWD": 3} {
		if got := c.Digits(); got != want || !c.Valid() {
			t.Errorf("%s: %d digits, valid %v; want %d", c, got, c.Valid(), want)
		}
	}
	for _, c := range []money.Currency{"", "eur", "XXZ", "EURO"} {
		if c.Valid() {
			t.Errorf("%q passes for a currency", c)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		currency money.Currency
		want     int64
	}{
		{"12.99", "EUR", 1299}, {"12", "EUR", 1200}, {"12.9", "EUR", 1290}, {"12.990", "EUR", 1299}, {"-3", "EUR", -300},
		{"+3.01", "EUR", 301}, {".5", "EUR", 50}, {"5.", "EUR", 500}, {" 7 ", "EUR", 700}, {"1250", "JPY", 1250}, {"1250.00", "JPY", 1250},
		{"1.234", "KWD", 1234}, {"92233720368547758.07", "EUR", math.MaxInt64}, {"0", "JPY", 0},
	} {
		got, err := money.Parse(c.text, c.currency)
		if err != nil || got.Minor != c.want || got.Currency != c.currency {
			t.Errorf("%q %s: %v, %v; want %d", c.text, c.currency, got, err, c.want)
		}
	}
	for _, c := range []struct {
		text     string
		currency money.Currency
		want     error
	}{
		{"", "EUR", money.ErrSyntax}, {".", "EUR", money.ErrSyntax}, {"-", "EUR", money.ErrSyntax}, {"12,99", "EUR", money.ErrSyntax},
		{"1e3", "EUR", money.ErrSyntax}, {"0x10", "EUR", money.ErrSyntax}, {"12.999", "EUR", money.ErrSyntax}, {"1.5", "JPY", money.ErrSyntax},
		{"1.2.3", "EUR", money.ErrSyntax}, {"--3", "EUR", money.ErrSyntax}, {"1-2", "EUR", money.ErrSyntax}, {"NaN", "EUR", money.ErrSyntax},
		{"1_000", "EUR", money.ErrSyntax}, {"١٢", "EUR", money.ErrSyntax}, {"92233720368547758.08", "EUR", money.ErrOverflow}, {"1", "ZZZ", money.ErrCurrency},
	} {
		if got, err := money.Parse(c.text, c.currency); !errors.Is(err, c.want) {
			t.Errorf("%q %s: %v, %v; want %v", c.text, c.currency, got, err, c.want)
		}
	}
}

func TestDecimalAndParseAreInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "minor"), anyCurrency().Draw(t, "currency"))
		back, err := money.Parse(a.Decimal(), a.Currency)
		if err != nil || back != a {
			t.Fatalf("%d %s writes %q and reads %v, %v", a.Minor, a.Currency, a.Decimal(), back, err)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var read money.Amount
		if err := json.Unmarshal(text, &read); err != nil || read != a {
			t.Fatalf("%s reads as %v, %v", text, read, err)
		}
	})
	if got := money.New(math.MinInt64, "EUR").Decimal(); got != "-92233720368547758.08" {
		t.Errorf("the least amount writes %s", got)
	}
}

func TestJSONRefusesWhatIsInexact(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"amount":12.99,"currency":"EUR"}`, `{"amount":"1.999","currency":"EUR"}`, `{"amount":"1"}`, `"1 EUR"`, `{"amount":"","currency":"EUR"}`} {
		var a money.Amount
		if err := json.Unmarshal([]byte(text), &a); err == nil {
			t.Errorf("%s was taken for %v", text, a)
		}
	}
}

// The allocation law: parts add up, none is further than a minor unit from its exact share,
// equal weights differ by at most one and the earlier ones get more, no weight gets nothing.
func TestAllocationLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "minor"), anyCurrency().Draw(t, "currency"))
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, math.MaxInt64)), 1, 12).Draw(t, "weights")
		parts := a.Allocate(weights)
		checkParts(t, a, weights, parts)
	})
}

func checkParts(t *rapid.T, a money.Amount, weights []int64, parts []money.Amount) {
	total, sum := new(big.Int), new(big.Int)
	for _, w := range weights {
		total.Add(total, big.NewInt(w))
	}
	even := total.Sign() == 0
	for i, p := range parts {
		if p.Currency != a.Currency {
			t.Fatalf("part %d is in %s", i, p.Currency)
		}
		sum.Add(sum, big.NewInt(p.Minor))
		w, all := big.NewInt(weights[i]), total
		if even {
			w, all = big.NewInt(1), big.NewInt(int64(len(weights)))
		}
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a.Minor), w), all)
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(p.Minor), exact)
		if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 {
			t.Fatalf("part %d is %d, exactly %s", i, p.Minor, exact)
		}
		if !even && weights[i] == 0 && p.Minor != 0 {
			t.Fatalf("part %d has no weight and gets %d", i, p.Minor)
		}
		for j := range i {
			early, late := magnitude(parts[j].Minor), magnitude(p.Minor)
			if weights[i] == weights[j] && (early < late || early-late > 1) {
				t.Fatalf("equal weights %d and %d get %d and %d", j, i, parts[j].Minor, p.Minor)
			}
		}
	}
	if sum.Cmp(big.NewInt(a.Minor)) != 0 {
		t.Fatalf("the parts of %d come to %s", a.Minor, sum)
	}
}

func magnitude(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

func TestAllocateExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		minor   int64
		weights []int64
		want    string
	}{
		{100, []int64{1, 1, 1}, "[34 33 33]"}, {5, []int64{1, 2, 3}, "[1 2 2]"}, {-100, []int64{1, 1, 1}, "[-34 -33 -33]"}, {1, []int64{0, 5}, "[0 1]"}, {7, []int64{0, 0}, "[4 3]"},
		{0, []int64{1, 2}, "[0 0]"}, {math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64}, fmt.Sprint([]int64{math.MaxInt64/2 + 1, math.MaxInt64 / 2})},
	} {
		var got []int64
		for _, p := range money.New(c.minor, "EUR").Allocate(c.weights) {
			got = append(got, p.Minor)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%d over %v: %v, want %s", c.minor, c.weights, got, c.want)
		}
	}
	for name, weights := range map[string][]int64{"none": nil, "negative": {1, -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s weights were taken", name)
				}
			}()
			money.New(1, "EUR").Allocate(weights)
		}()
	}
}

func TestSumsStayWithin64Bits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0, 1, -1}))
		a, b := edge.Draw(t, "a"), edge.Draw(t, "b")
		x, y := big.NewInt(a), big.NewInt(b)
		check := func(op string, exact *big.Int, got money.Amount, err error) {
			if exact.IsInt64() && op != "-" && (err != nil || got.Minor != exact.Int64()) {
				t.Fatalf("%d %s %d = %v, %v", a, op, b, got, err)
			}
			if !exact.IsInt64() && !errors.Is(err, money.ErrOverflow) {
				t.Fatalf("%d %s %d = %v, %v; want overflow", a, op, b, got, err)
			}
			if err == nil && got.Minor != exact.Int64() {
				t.Fatalf("%d %s %d = %v", a, op, b, got)
			}
		}
		p, q := money.New(a, "EUR"), money.New(b, "EUR")
		got, err := p.Add(q)
		check("+", new(big.Int).Add(x, y), got, err)
		got, err = p.Sub(q)
		check("-", new(big.Int).Sub(x, y), got, err)
		got, err = p.Times(b)
		check("*", new(big.Int).Mul(x, y), got, err)
	})
	if _, err := money.New(1, "EUR").Add(money.New(1, "USD")); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("euros and dollars were added: %v", err)
	}
	if _, err := money.Sum("EUR", money.New(1, "EUR"), money.New(1, "USD")); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("euros and dollars were summed: %v", err)
	}
	if got, err := money.Sum("KWD"); err != nil || got != money.Zero("KWD") {
		t.Errorf("nothing sums to %v, %v", got, err)
	}
}

// halfEven is the exact quotient rounded half to even, made with other means than the code.
func halfEven(r *big.Rat) *big.Int {
	floor := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: the floor, as Denom is positive
	rest := new(big.Rat).Sub(r, new(big.Rat).SetInt(floor))
	switch rest.Cmp(big.NewRat(1, 2)) {
	case 1:
		floor.Add(floor, big.NewInt(1))
	case 0:
		floor.Add(floor, new(big.Int).And(floor, big.NewInt(1)))
	}
	return floor
}

func TestConvertRoundsHalfToEvenOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := anyCurrency().Draw(t, "from"), anyCurrency().Draw(t, "to")
		r := money.Rate{From: from, To: to, Num: rapid.Int64Range(1, 1<<40).Draw(t, "num"), Den: rapid.Int64Range(1, 1<<40).Draw(t, "den")}
		a := money.New(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "minor"), from)
		exact := new(big.Rat).Mul(big.NewRat(a.Minor, 1), big.NewRat(r.Num, r.Den))
		for range to.Digits() {
			exact.Mul(exact, big.NewRat(10, 1))
		}
		for range from.Digits() {
			exact.Quo(exact, big.NewRat(10, 1))
		}
		want := halfEven(exact)
		got, err := r.Convert(a)
		if want.IsInt64() != (err == nil) || err == nil && (got.Minor != want.Int64() || got.Currency != to) {
			t.Fatalf("%v at %d/%d to %s: %v, %v; want %s", a, r.Num, r.Den, to, got, err, want)
		}
	})
}

func TestConvertExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		minor    int64
		from, to money.Currency
		num, den int64
		want     int64
	}{
		{1000, "USD", "EUR", 92, 100, 920}, {1, "EUR", "JPY", 160, 1, 2}, {100, "EUR", "KWD", 1, 3, 333}, {5, "USD", "EUR", 1, 10, 0},
		{15, "USD", "EUR", 1, 10, 2}, {25, "USD", "EUR", 1, 10, 2}, {-25, "USD", "EUR", 1, 10, -2}, {-15, "USD", "EUR", 1, 10, -2}, {3, "JPY", "KWD", 1, 500, 6},
	} {
		r := money.Rate{From: c.from, To: c.to, Num: c.num, Den: c.den}
		if got, err := r.Convert(money.New(c.minor, c.from)); err != nil || got != money.New(c.want, c.to) {
			t.Errorf("%d %s: %v, %v; want %d %s", c.minor, c.from, got, err, c.want, c.to)
		}
	}
	if _, err := money.Same("EUR").Convert(money.New(1, "USD")); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("a rate from EUR converted dollars: %v", err)
	}
	if got, err := money.Same("EUR").Convert(money.New(7, "EUR")); err != nil || got.Minor != 7 {
		t.Errorf("the same currency: %v, %v", got, err)
	}
	if _, err := (money.Rate{From: "EUR", To: "JPY", Num: 0, Den: 1}).Convert(money.New(7, "EUR")); err == nil {
		t.Error("a rate of nothing converts")
	}
	if _, err := (money.Rate{From: "EUR", To: "KWD", Num: 2, Den: 1}).Convert(money.New(math.MaxInt64, "EUR")); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("too much: %v", err)
	}
}

func TestShareAndSplit(t *testing.T) {
	t.Parallel()
	if got, err := money.New(11900, "EUR").Share(19, 119); err != nil || got.Minor != 1900 {
		t.Errorf("tax within 119: %v, %v", got, err)
	}
	if _, err := money.New(1, "EUR").Share(1, 0); err == nil {
		t.Error("a share of nothing was taken")
	}
	if got := fmt.Sprint(money.New(10, "JPY").Split(4)); got != "[3 JPY 3 JPY 2 JPY 2 JPY]" {
		t.Errorf("ten yen for four: %s", got)
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a            money.Amount
		locale, want string
	}{
		{money.New(129950, "EUR"), "en", "€1,299.50"}, {money.New(1299, "EUR"), "de-DE", "12,99\u00a0€"}, {money.New(1250, "JPY"), "en", "¥1,250"},
		{money.New(1234, "KWD"), "en", "KWD\u00a01.234"},
	} {
		if got := c.a.Format(c.locale); got != c.want {
			t.Errorf("%v in %s: %q, want %q", c.a, c.locale, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.99", "-0.01", "1e9", "", ".", "00000000000000000000001", "9223372036854775808"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range currencies {
			a, err := money.Parse(s, c)
			if err != nil {
				continue
			}
			if back, err := money.Parse(a.Decimal(), c); err != nil || back != a {
				t.Errorf("%q: %v reads back as %v, %v", s, a, back, err)
			}
		}
	})
}
