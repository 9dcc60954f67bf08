package storefront

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	photos "doorstep/internal/photo"
)

// uploadedPicture shows a picture that the merchant uploaded. Its address is named by its
// content, so whoever has it need never ask again. It needs no visit: a page has many.
func (s *shop) uploadedPicture(w http.ResponseWriter, r *http.Request) {
	of, err := s.Store(r)
	var p photos.Picture
	if err == nil {
		err = s.DB.View(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = catalog.PictureNamed(ctx, tx, of, r.PathValue("picture"))
			return err
		})
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.NotFound(w, r)
		return
	case err != nil:
		s.Log.ErrorContext(r.Context(), "picture not shown", "path", r.URL.Path, "error", err)
		http.Error(w, "The picture cannot be shown now.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", p.Type())
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+r.PathValue("picture")+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.Bytes))
}
