package manual

import (
	"image/color"

	"github.com/boombuler/barcode/code128"
)

// bar is a black bar of a barcode: where it begins and how wide it is, in modules.
type bar struct{ At, Width int }

// quiet is the empty margin on each side that a reader needs, in modules.
const quiet = 10

// bars are the Code 128 of text and its whole width with margins; none when text has
// letters that the code does not know.
func bars(text string) ([]bar, int) {
	code, err := code128.Encode(text)
	if err != nil {
		return nil, 0
	}
	var out []bar
	width := code.Bounds().Dx()
	for x := range width {
		if r, _, _, _ := color.Gray16Model.Convert(code.At(x, 0)).RGBA(); r > 0 {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].At+out[last].Width == x+quiet {
			out[last].Width++
			continue
		}
		out = append(out, bar{At: x + quiet, Width: 1})
	}
	return out, width + 2*quiet
}
