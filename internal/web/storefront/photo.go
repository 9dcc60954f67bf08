package storefront

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"

	photos "doorstep/internal/photo"
	"doorstep/internal/web/upload"
)

// photosOf reads a form with photos: those of a field made anew, or what is wrong with one.
func (v *visit) photosOf(field string) (list []photos.Photo, problem string, err error) {
	by, problem, err := v.photosBy()
	return by[field], problem, err
}

// photosBy reads a form with photos by its fields: the photos made anew, or what is wrong with
// one. All fields together have at most photos.Most.
func (v *visit) photosBy() (by map[string][]photos.Photo, problem string, err error) {
	if err := v.r.ParseMultipartForm(upload.InMemory); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, v.say("claim_photo_size"), nil
		}
		if errors.Is(err, http.ErrNotMultipart) {
			return nil, "", v.r.ParseForm()
		}
		return nil, "", errMissing
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }() // what is left on disk goes with its folder
	by = map[string][]photos.Photo{}
	chosen, sent := map[string][]*multipart.FileHeader{}, 0
	for field, files := range v.r.MultipartForm.File {
		chosen[field] = upload.Chosen(files)
		sent += len(chosen[field])
	}
	if sent > photos.Most { // before any of them is read
		return nil, v.say("claim_no_photos"), nil
	}
	for field, files := range chosen {
		for _, f := range files {
			p, problem, err := v.photoIn(f)
			if err != nil || problem != "" {
				return nil, problem, err
			}
			by[field] = append(by[field], p)
		}
	}
	return by, "", nil
}

// photoIn makes one photo anew.
func (v *visit) photoIn(f *multipart.FileHeader) (p photos.Photo, problem string, err error) {
	in, err := f.Open()
	if err != nil {
		return p, "", fmt.Errorf("photo: %w", err)
	}
	defer func() { _ = in.Close() }() // it was read only
	p, err = photos.ReadFrom(in)
	switch {
	case errors.Is(err, photos.ErrSize):
		return p, v.say("claim_photo_size"), nil
	case errors.Is(err, photos.ErrFormat):
		return p, v.say("claim_photo_format"), nil
	}
	return p, "", err
}

// showJPEG answers with a photo.
func (v *visit) showJPEG(jpeg []byte, caching string) error {
	h := v.w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(jpeg)))
	h.Set("Cache-Control", caching)
	_, _ = v.w.Write(jpeg) // the browser went away
	return nil
}
