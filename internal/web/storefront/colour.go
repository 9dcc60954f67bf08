package storefront

import (
	"slices"
	"strings"
)

// colourOf is what a value of an option looks like, as #rrggbb; empty where the option is
// not about colour, or the word is not known.
func colourOf(option, value string) string {
	about := []string{"colour", "color", "farbe", "couleur", "cor", "colore", "kleur", "finish", "glaze", "frame", "wood", "shade"}
	if !slices.Contains(about, strings.ToLower(option)) {
		return ""
	}
	words := strings.Fields(strings.ToLower(value))
	if c := colours[strings.Join(words, " ")]; c != "" {
		return c
	}
	for _, w := range slices.Backward(words) { // "light sage": the last word says most
		if c := colours[w]; c != "" {
			return c
		}
	}
	return ""
}

// colours are words for colours, as shops use them.
var colours = map[string]string{
	"amber": "#d9913a", "anthracite": "#3c3f43", "apricot": "#f0b183", "aqua": "#6fc7c3", "ash": "#b9b4ac", "beige": "#dccbb0",
	"berry": "#9c3f52", "birch": "#e3d3b4", "black": "#2b2b2e", "blue": "#3f6fb0", "blush": "#e6b9ac", "brass": "#c49a52",
	"brick": "#a9503c", "bronze": "#94663a", "brown": "#7a553a", "burgundy": "#6e2435", "camel": "#bf9163", "cedar": "#a67b5b",
	"charcoal": "#4b4d53", "cherry": "#8e2f34", "clay": "#bd7454", "cobalt": "#2c4f9e", "copper": "#b87149", "coral": "#f0806c",
	"cream": "#efe5cf", "crimson": "#a8213a", "denim": "#4a6488", "earth": "#b5533c", "ecru": "#e6dcc5", "emerald": "#1f7a56",
	"flax": "#d6c3a0", "fog": "#c2c8cb", "forest": "#3f6048", "gold": "#d0a94f", "graphite": "#54575e", "green": "#4f8a5b",
	"grey": "#9a9da1", "gray": "#9a9da1", "heather": "#9d8aa5", "honey": "#dda94b", "indigo": "#3f4f86", "ink": "#33415c",
	"ivory": "#f2ebdb", "khaki": "#a89a6d", "lavender": "#b5a3cc", "lemon": "#f0dd6b", "lilac": "#c4aed6", "lime": "#a9cc4e",
	"linen": "#e5dac6", "maple": "#d8ae7a", "maroon": "#6b2737", "meadow": "#7f9a5f", "midnight": "#2f3a56", "mint": "#a5cdb9",
	"mist": "#bccad2", "moss": "#7b8a5b", "mustard": "#dba93d", "natural": "#dcc7a3", "navy": "#2f4066", "nude": "#e0c0a8",
	"oak": "#cba274", "oat": "#ddcdb2", "oatmeal": "#d9ccb6", "ocean": "#3a7391", "ochre": "#cb963c", "olive": "#7c8053",
	"orange": "#e58a3a", "peach": "#f2bf9a", "pearl": "#ece7de", "petrol": "#1f5966", "pine": "#35594a", "pink": "#e79bb0",
	"plum": "#7d5570", "purple": "#74519a", "red": "#c23b36", "rose": "#dca0a0", "rosemary": "#93a98d", "ruby": "#9b1b3a",
	"rust": "#b3603e", "sage": "#9db092", "sand": "#d8c09a", "sea salt": "#b4cbd1", "silver": "#c3c8cc", "sky": "#a5cbe6",
	"slate": "#6b7884", "smoke": "#8d9195", "snow": "#f6f6f4", "steel": "#b3bac0", "stone": "#b8b0a3", "tan": "#b5814f",
	"taupe": "#9c8c7d", "teal": "#2f8480", "terracotta": "#c4714e", "turquoise": "#3fb5b0", "violet": "#7e62ad", "walnut": "#7d583d",
	"white": "#f7f6f2", "wine": "#6f2a3d", "yellow": "#efcb45",
}
