package photo

import (
	"encoding/binary"
	"image/color"
)

// memoryOf is how many bytes a pixel takes at most while a picture is read, by what its file says
// of itself. A few kilobytes may ask for a lot: 16 bits to a colour, or all that a progressive
// JPEG keeps until its last scan.
func memoryOf(raw []byte, kind string, m color.Model) int64 {
	bytes := int64(4)
	switch m {
	case color.GrayModel:
		bytes = 1
	case color.YCbCrModel:
		bytes = 3
	case color.Gray16Model:
		bytes = 2
	case color.RGBA64Model, color.NRGBA64Model:
		bytes = 8
	}
	const interlace = 28 // of a PNG's bytes (its header comes first): whether it comes in seven passes
	switch {
	case kind == "jpeg" && progressive(raw):
		bytes *= 5 // and each sample's coefficient, of four bytes
	case kind == "png" && len(raw) > interlace && raw[interlace] != 0:
		bytes *= 2 // and the pass that is being read
	case kind == "webp" && m == color.NRGBAModel:
		bytes *= 2 // and what its transformations are undone from
	}
	return bytes
}

// progressive says whether a JPEG comes in scans that are put together at the end (its frame begins
// with SOF2). What cannot be followed counts as that.
func progressive(raw []byte) bool {
	const sof0, sof1, sof2, startOfScan = 0xC0, 0xC1, 0xC2, 0xDA
	for at := 2; at+4 <= len(raw) && raw[at] == 0xFF && raw[at+1] != startOfScan; {
		switch raw[at+1] {
		case sof0, sof1:
			return false
		case sof2:
			return true
		case 0xFF: // filled up
			at++
			continue
		}
		at += 2 + int(binary.BigEndian.Uint16(raw[at+2:]))
	}
	return true
}
