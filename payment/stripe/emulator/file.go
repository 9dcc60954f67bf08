package emulator

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// mostFile is how large a file of the purpose dispute_evidence may be.
const mostFile = 5 << 20

// file is something uploaded.
type file struct {
	id, purpose, filename string
	created               time.Time
	body                  []byte
}

func (x *file) name() string { return x.id }

// upload answers a call whose parameters come as a form with a file.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, c call, act action) {
	r.Body = http.MaxBytesReader(w, r.Body, mostFile+1<<20)
	parts, err := r.MultipartReader()
	if err != nil {
		send(w, (&fault{status: 400, kind: invalidRequest, message: "Invalid request: unable to parse the parameters."}).answer(c))
		return
	}
	c.form = params{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			send(w, (&fault{status: 400, kind: invalidRequest, message: "Invalid request: unable to parse the parameters."}).answer(c))
			return
		}
		body, err := io.ReadAll(part)
		if err != nil {
			send(w, wrong("file", "", "The file is too large.").answer(c))
			return
		}
		if part.FileName() != "" {
			c.file = body
			c.form["filename"] = []string{part.FileName()}
			continue
		}
		c.form[part.FormName()] = append(c.form[part.FormName()], string(body))
	}
	out, _ := s.run(c, act)
	send(w, out)
}

func (s *Server) createFile(c call) (object, *fault) {
	switch {
	case c.form.text("purpose") == "":
		return nil, wrong("purpose", "parameter_missing", "Missing required param: purpose.")
	case len(c.file) == 0:
		return nil, wrong("file", "parameter_missing", "Missing required param: file.")
	case len(c.file) > mostFile:
		return nil, wrong("file", "", "The file is too large.")
	}
	x := &file{id: newName("file"), purpose: c.form.text("purpose"), filename: c.form.text("filename"), created: c.now, body: c.file}
	s.files.add(x)
	return s.showFile(x), nil
}

func (s *Server) getFile(c call) (object, *fault) {
	x := s.files.byID[c.id]
	if x == nil {
		return nil, missing("file", c.id, "file")
	}
	return s.showFile(x), nil
}

func (s *Server) showFile(x *file) object {
	return object{"id": x.id, "object": "file", "created": x.created.Unix(), "expires_at": nil, "filename": x.filename, "links": nil,
		"purpose": x.purpose, "size": len(x.body), "title": nil, "type": "pdf", "url": nil}
}

// Defended is what the bank was handed in a dispute.
type Defended struct {
	Evidence    map[string]string
	Metadata    map[string]string
	Submissions int
	Papers      []byte // of uncategorized_file
}

// Defence is what was handed in against a dispute; nothing where there is none of that name.
func (s *Server) Defence(id string) Defended {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.disputes.byID[id]
	if x == nil {
		return Defended{}
	}
	d := Defended{Evidence: x.evidence, Metadata: x.metadata, Submissions: x.submissions}
	if f := s.files.byID[x.evidence["uncategorized_file"]]; f != nil {
		d.Papers = f.body
	}
	return d
}
