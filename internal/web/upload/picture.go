package upload

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"

	"doorstep/internal/flow"
	"doorstep/internal/photo"
)

// The limits of a form with pictures.
const (
	Most     = photo.Most                           // pictures at a time
	MostForm = int64(Most*photo.MostBytes + 64<<10) // bytes of all of them, and the fields beside
	MostLogo = int64(photo.MostBytes + 64<<10)      // bytes of a form with one
	InMemory = 4 << 20                              // of a form while it is read; the rest waits on disk
)

// Limits are the limits of one picture, in words.
func Limits() string {
	return fmt.Sprintf("JPEG, PNG or WebP, at most %d MB and %d megapixels each", photo.MostBytes>>20, photo.MostPixels/1_000_000)
}

// Pictures makes pictures of products anew from the files of a field. The error of what is not
// taken is a *flow.Refusal that names the field.
func Pictures(field string, files []*multipart.FileHeader) (list []photo.Picture, err error) {
	if files = Chosen(files); len(files) == 0 {
		return nil, none(field)
	}
	if len(files) > Most {
		return nil, &flow.Refusal{Code: "too-many", Field: field, Words: fmt.Sprintf("At most %d pictures at a time.", Most)}
	}
	for _, f := range files {
		p, err := made(f, photo.ReadFrom)
		if err != nil {
			return nil, Refused(err, field, f.Filename)
		}
		list = append(list, p.Picture())
	}
	return list, nil
}

// Logo is Pictures for the shop's logo, of which there is one.
func Logo(field string, files []*multipart.FileHeader) (photo.Picture, error) {
	files = Chosen(files)
	if len(files) == 0 {
		return photo.Picture{}, none(field)
	}
	p, err := made(files[0], photo.ReadLogo)
	return p, Refused(err, field, files[0].Filename)
}

func none(field string) error {
	return &flow.Refusal{Code: "missing", Field: field, Words: "Please choose a picture."}
}

// Chosen leaves out the empty file that a browser sends where none was chosen.
func Chosen(files []*multipart.FileHeader) (list []*multipart.FileHeader) {
	for _, f := range files {
		if f.Size > 0 {
			list = append(list, f)
		}
	}
	return list
}

// made is what is made anew of a file: it stays where it is until its turn.
func made[P any](f *multipart.FileHeader, read func(io.Reader) (P, error)) (p P, err error) {
	in, err := f.Open()
	if err != nil {
		return p, fmt.Errorf("picture: %w", err)
	}
	defer func() { _ = in.Close() }() // it was read only
	return read(in)
}

// Refused says of a picture that is not taken why; other errors stay as they are.
func Refused(err error, field, name string) error {
	if name = string([]rune(name)[:min(60, len([]rune(name)))]); name != "" {
		name = "“" + name + "”"
	} else {
		name = "The picture"
	}
	switch {
	case errors.Is(err, photo.ErrSize):
		return &flow.Refusal{Code: "too-large", Field: field,
			Words: fmt.Sprintf("%s is larger than %d MB or has more than %d megapixels.", name, photo.MostBytes>>20, photo.MostPixels/1_000_000)}
	case errors.Is(err, photo.ErrFormat):
		return &flow.Refusal{Code: "not-a-picture", Field: field, Words: name + " is neither JPEG, PNG nor WebP, or is damaged."}
	}
	return err
}
