package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
	"time"
)

// pngHead is a PNG that says so much of itself, and has nothing behind it.
func pngHead(w, h uint32, depth, colours, interlaced byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), depth, colours, 0, 0, interlaced)
	raw := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(head))
}

// jpegHead is a JPEG with another size in its frame, progressive or not.
func jpegHead(t *testing.T, w, h uint16, frame byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	raw := out.Bytes()
	at := bytes.Index(raw, []byte{0xFF, 0xC0})
	raw[at+1] = frame
	binary.BigEndian.PutUint16(raw[at+5:], h)
	binary.BigEndian.PutUint16(raw[at+7:], w)
	return raw
}

// A picture is refused by the memory that it would take, not by its pixels alone; and what phones send
// is taken: 12 megapixels of any kind that they have, 40 of the usual JPEG.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const grey, rgb, rgba = 0, 2, 6
	for name, c := range map[string]struct {
		raw  []byte
		want error // ErrFormat: it was begun, and there was nothing
	}{
		"40 MP of 16 bits":       {pngHead(8000, 5000, 16, rgba, 0), ErrSize},
		"24 MP of 16 bits":       {pngHead(6000, 4000, 16, rgb, 0), ErrSize},
		"12 MP of 16 bits":       {pngHead(4000, 3000, 16, rgba, 0), ErrFormat},
		"40 MP of grey":          {pngHead(8000, 5000, 8, grey, 0), ErrFormat},
		"40 MP interlaced":       {pngHead(8000, 5000, 8, rgba, 1), ErrSize},
		"12 MP interlaced":       {pngHead(4000, 3000, 8, rgba, 1), ErrFormat},
		"too many pixels":        {pngHead(8000, 5001, 1, grey, 0), ErrSize},
		"40 MP JPEG":             {jpegHead(t, 8000, 5000, 0xC0), ErrFormat},
		"40 MP progressive JPEG": {jpegHead(t, 8000, 5000, 0xC2), ErrSize},
		"10 MP progressive JPEG": {jpegHead(t, 3888, 2592, 0xC2), ErrFormat},
	} {
		if _, _, err := image.DecodeConfig(bytes.NewReader(c.raw)); err != nil {
			t.Errorf("%s: its head: %v", name, err)
		}
		if _, err := Read(c.raw); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !progressive(append([]byte{0xFF, 0xD8}, bytes.Repeat([]byte{0xFF}, 9)...)) {
		t.Error("a frame that nobody can find")
	}
	if n := memoryOf([]byte("RIFF"), "webp", color.NRGBAModel); n != 8 {
		t.Errorf("a lossless WebP: %d", n)
	}
}

// However many photos come at once, only so many are read: the others wait, and are not in memory.
func TestPhotosTakeTurns(t *testing.T) {
	t.Parallel()
	for range atOnce {
		turns() <- struct{}{}
	}
	began := make(chan struct{})
	go func() {
		defer close(began)
		_, _ = ReadFrom(bytes.NewReader(nil)) // no photo at all
	}()
	select {
	case <-began:
		t.Error("it was read before its turn")
	case <-time.After(300 * time.Millisecond):
	}
	for range atOnce {
		<-turns()
	}
	<-began
}
