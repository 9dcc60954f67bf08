package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Choice is an option as a person says it: its name, and the values that one can choose.
type Choice struct {
	Name   string
	Values []string
}

// Combine are the values of every variant that the choices make: each value of the first with
// each of the second and of the third. No choice makes one variant without values. The error
// is an Invalid whose fields are "options[0].name" and "options[0].values".
func Combine(choices []Choice) (clean []Choice, variants [][]string, err error) {
	var f faults
	f.add(len(choices) <= MaxOptions, "options", "are more than %d", MaxOptions)
	for i, c := range choices {
		c.Name, c.Values = tidy(c.Name), slices.DeleteFunc(tidyAll(c.Values), func(v string) bool { return v == "" })
		checkChoice(&f, clean, c, fmt.Sprintf("options[%d]", i))
		clean = append(clean, c)
	}
	if err := f.err(); err != nil {
		return clean, nil, err
	}
	variants = [][]string{{}}
	for i, c := range clean {
		if n := len(variants) * len(c.Values); n > MaxVariants {
			f.add(false, fmt.Sprintf("options[%d].values", i), "make %d variants or more: a product has at most %d", n, MaxVariants)
			return clean, nil, f.err()
		}
		variants = extended(variants, c.Values)
	}
	return clean, variants, nil
}

func checkChoice(f *faults, before []Choice, c Choice, field string) {
	f.add(c.Name != "", field+".name", "is missing")
	short(f, field+".name", c.Name)
	f.add(!slices.ContainsFunc(before, func(b Choice) bool { return b.Name == c.Name }), field+".name", "%q is there twice", c.Name)
	f.add(len(c.Values) > 0, field+".values", "are missing")
	for i, v := range c.Values {
		f.add(!slices.Contains(c.Values[:i], v), field+".values", "have %q twice", v)
		short(f, field+".values", v)
	}
}

// extended is each of the variants with each of the values.
func extended(variants [][]string, values []string) [][]string {
	list := make([][]string, 0, len(variants)*len(values))
	for _, variant := range variants {
		for _, value := range values {
			list = append(list, append(slices.Clone(variant), value))
		}
	}
	return list
}

// SKUs are article numbers of variants: what they begin with and their values, "TEE-RED-M".
// Where two read alike, the second has its number behind it. An empty beginning makes none.
func SKUs(begin string, variants [][]string) []string {
	list, taken := make([]string, len(variants)), map[string]bool{}
	for i, values := range variants {
		if begin == "" {
			continue
		}
		sku := strings.Trim(begin+"-"+strings.ToUpper(Slug(strings.Join(values, " "))), "-")
		if runes := []rune(sku); len(runes) > MaxText-6 {
			sku = string(runes[:MaxText-6])
		}
		if taken[sku] {
			sku += "-" + strconv.Itoa(i+1)
		}
		list[i], taken[sku] = sku, true
	}
	return list
}
