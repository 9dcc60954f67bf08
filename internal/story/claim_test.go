package story_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// broken is a photo as a telephone sends it: a JPEG whose camera wrote down where it was.
func broken(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		picture.Set(x, x/2, color.RGBA{R: 200, A: 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00GPS 52.5200 N")
	segment := append([]byte{0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(append([]byte{0xFF, 0xD8}, segment...), out.Bytes()[2:]...)
}

// sends posts a form with photos to a page of the shop and says where it leads.
func (s *story) sends(path string, fields map[string]string, photos ...[]byte) (status int, to, page string) {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		s.must(form.WriteField(name, value))
	}
	for _, p := range photos {
		part, err := form.CreateFormFile("photos", "photo.jpg")
		s.must(err)
		_, err = part.Write(p)
		s.must(err)
	}
	s.must(form.Close())
	return s.browse(http.MethodPost, path, form.FormDataContentType(), &body)
}

func (s *story) browse(method, path, kind string, body io.Reader) (status int, to, page string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	s.must(err)
	req.Header.Set("Content-Type", kind)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	s.must(err)
	s.work()
	return res.StatusCode, res.Header.Get("Location"), string(answer)
}

func (o sale) claims() (list []claim.Claim) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = claim.OfOrder(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	})
	return list
}

func (o sale) approves(c claim.Claim, outcome claim.Outcome) {
	o.s.t.Helper()
	o.s.by(func(ctx context.Context, tx *db.Tx) error {
		return flow.ApproveClaim(ctx, tx, o.s.Store.StoreID, c.ClaimID, flow.ClaimYes{Outcome: outcome, Actor: staff})
	})
}

// A lamp came broken: the customer shows it on the order's page, a person approves, the money
// goes back. Photos lose what the camera wrote, and strangers see nothing.
func TestDamagedWithPhotos(t *testing.T) {
	t.Parallel()
	tell(t, []string{"claim.keep_below", "100.00"}, func(s *story) {
		o := s.Customer("ann").Buys("lamp", 1)
		s.Later(12 * day)
		s.Expect(o, "closed, delivered, paid")
		token := "?token=" + flow.OrderToken(s.Seal, s.Store.StoreID, o.id)
		own := "/orders/" + string(o.id) + "/claims"
		fields := map[string]string{"kind": "damaged", "wish": "money", "line-1": "1", "words": "The foot is broken."}
		for _, guess := range []string{"", "?token=guess", "?token=" + flow.OrderToken(s.Seal, s.Store.StoreID, "or_other")} {
			if status, _, _ := s.sends(own+guess, fields, broken(t)); status != http.StatusNotFound {
				s.t.Errorf("a stranger's claim: %d", status)
			}
			if status, _, _ := s.browse(http.MethodGet, own+"/new"+guess, "", nil); status != http.StatusNotFound {
				s.t.Errorf("a stranger sees the form: %d", status)
			}
		}
		if _, _, page := s.browse(http.MethodGet, own+"/new"+token, "", nil); !strings.Contains(page, `value="damaged"`) {
			s.t.Errorf("the form: %s", page)
		}
		if status, _, page := s.sends(own+token, fields, []byte("GIF89a no photo")); status != http.StatusUnprocessableEntity || !strings.Contains(page, "JPEG, PNG") {
			s.t.Errorf("something that is no photo: %d", status)
		}
		status, to, page := s.sends(own+token, fields, broken(t))
		if status != http.StatusSeeOther {
			s.t.Fatalf("the claim: %d %s", status, page)
		}
		s.Expect(o, "closed, delivered, paid, claim-opened")
		s.sees(o, to, own, token)
		c := o.claims()[0]
		o.approves(c, claim.Keep)
		s.Later(day)
		s.Expect(o, "closed, delivered, refunded")
		s.ExpectMails(o, "confirmed", "on its way", "out for delivery", "delivered", "We have your message", "is approved", "Refund of")
	})
}

// sees wants the customer to see the claim and its photo, and nobody else.
func (s *story) sees(o sale, to, own, token string) {
	s.t.Helper()
	if _, _, page := s.browse(http.MethodGet, to, "", nil); !strings.Contains(page, "The foot is broken.") {
		s.t.Errorf("the claim's page: %s", page)
	}
	c := o.claims()[0]
	photo := s.column("SELECT photo_id FROM claim_photos")[0]
	path := own + "/" + string(c.ClaimID) + "/photos/" + photo
	if status, _, _ := s.browse(http.MethodGet, path+"?token=guess", "", nil); status != http.StatusNotFound {
		s.t.Errorf("a stranger's look at the photo: %d", status)
	}
	_, _, jpegs := s.browse(http.MethodGet, path+token, "", nil)
	size, kind, err := image.DecodeConfig(strings.NewReader(jpegs))
	if err != nil || kind != "jpeg" || size.Width != 20 || size.Height != 40 { // upright, as the camera was held
		s.t.Errorf("the photo is %s of %d by %d, %v", kind, size.Width, size.Height, err)
	}
	if strings.Contains(jpegs, "GPS") || strings.Contains(jpegs, "Exif") {
		s.t.Error("the photo tells where it was taken")
	}
}
