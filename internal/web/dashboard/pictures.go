package dashboard

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/photo"
	"doorstep/internal/web/ui"
	"doorstep/internal/web/upload"
)

// The routes that take pictures, whose forms may be larger.
const (
	picturesUploadPath = "/products/{product}/images/upload"
	logoUploadPath     = "/settings/logo"
)

// pictureForm is what was typed for a picture that was refused, and why.
type pictureForm struct {
	Field, Error string
	Alt, Address string
}

func (p pictureForm) wrong(field string) string {
	if p.Field == field {
		return p.Error
	}
	return ""
}

// files are those of a field of a form. One that is too large did not arrive: that is a refusal
// of the field.
func (v *visit) files(field string) ([]*multipart.FileHeader, error) {
	err := v.r.ParseMultipartForm(upload.InMemory)
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, v.r.ParseForm()
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &flow.Refusal{Code: "too-large", Field: field, Words: "That is too much at once: " + upload.Limits() + "."}
	}
	if err != nil {
		return nil, &flow.Refusal{Code: "form", Field: field, Words: "The form did not arrive whole. Please choose the pictures again."}
	}
	return v.r.MultipartForm.File[field], nil
}

// forgetFiles clears what a form left on disk.
func (v *visit) forgetFiles() {
	if v.r.MultipartForm != nil {
		_ = v.r.MultipartForm.RemoveAll() // what is left goes with its folder
	}
}

// uploadPictures takes pictures from somebody's own disk.
func (d *Dashboard) uploadPictures(v *visit) error {
	defer v.forgetFiles()
	files, err := v.files("pictures")
	var list []photo.Picture
	if err == nil {
		list, err = upload.Pictures("pictures", files)
	}
	return d.addPictures(v, pictureForm{Field: "pictures", Alt: v.form("alt")}, list, err)
}

// fetchPicture fetches a picture by its address, once: from then on it is the shop's own.
func (d *Dashboard) fetchPicture(v *visit) error {
	typed := pictureForm{Field: "address", Address: v.form("address"), Alt: v.form("alt")}
	raw, err := d.outside.FetchPicture(v.r.Context(), "address", typed.Address)
	if err != nil {
		return d.addPictures(v, typed, nil, err)
	}
	p, err := photo.Read(raw)
	return d.addPictures(v, typed, []photo.Picture{p.Picture()}, upload.Refused(err, "address", ""))
}

// addPictures puts pictures to a product, or says at the field why not.
func (d *Dashboard) addPictures(v *visit, typed pictureForm, list []photo.Picture, err error) error {
	name := id.Product(v.path("product"))
	added := 0
	if err == nil {
		err = d.once(v, func(ctx context.Context, tx *db.Tx) (err error) {
			added, err = flow.AddPictures(ctx, tx, v.store, name, list, typed.Alt, v.actor())
			return err
		})
	}
	if r, refused := asRefusal(err); refused {
		if r.Field == "alt" || r.Field == "address" {
			typed.Field = r.Field
		}
		typed.Error = sentence(r.Words)
		return d.showProduct(v, typed)
	}
	if err != nil {
		return err
	}
	words := "The product has this picture already."
	switch {
	case added == 1:
		words = "The picture is there."
	case added > 1:
		words = fmt.Sprintf("%d pictures are there.", added)
	}
	v.tell(ui.Good, words)
	return v.lead(Prefix + "/products/" + string(name) + "#pictures")
}

// uploadLogo takes the shop's logo from somebody's own disk.
func (d *Dashboard) uploadLogo(v *visit) error {
	defer v.forgetFiles()
	files, err := v.files("logo")
	var p photo.Picture
	if err == nil {
		p, err = upload.Logo("logo", files)
	}
	if err == nil {
		err = d.once(v, func(ctx context.Context, tx *db.Tx) error { return flow.SetLogo(ctx, tx, v.store, p, v.actor()) })
	}
	if r, refused := asRefusal(err); refused {
		return d.showSettings(v, "brand", nil, "logo", sentence(r.Words))
	}
	if err != nil {
		return err
	}
	v.tell(ui.Good, "The logo is stored.")
	return v.lead(settingsAt("brand"))
}

// removeLogo leaves the shop without one.
func (d *Dashboard) removeLogo(v *visit) error {
	return d.do(v, settingsAt("brand"), "The shop shows its name now.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RemoveLogo(ctx, tx, v.store, v.actor())
	})
}
