package upload_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"strconv"
	"testing"

	"doorstep/internal/flow"
	"doorstep/internal/web/upload"
)

// TestPicturesAreCountedBeforeTheyAreRead: none of these is a picture, and what is said of seven
// of them is that they are too many. A field where nothing was chosen does not count.
func TestPicturesAreCountedBeforeTheyAreRead(t *testing.T) {
	t.Parallel()
	for n, code := range map[int]string{0: "missing", upload.Most: "not-a-picture", upload.Most + 1: "too-many"} {
		_, err := upload.Pictures("pictures", files(t, n))
		if refused, ok := errors.AsType[*flow.Refusal](err); !ok || refused.Code != code || refused.Field != "pictures" {
			t.Errorf("%d files: %v, want %s", n, err, code)
		}
	}
}

// files are n files that are no pictures, and an empty one, as a form brings them.
func files(t *testing.T, n int) []*multipart.FileHeader {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := range n + 1 {
		part, err := w.CreateFormFile("pictures", strconv.Itoa(i)+".jpg")
		if err == nil && i > 0 {
			_, err = part.Write([]byte("no picture"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(&body, w.Boundary()).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	return form.File["pictures"]
}
