package emulator

import (
	"encoding/json"
	"strings"
)

// addressGet answers with a small tree of the names on the website's form: country data
// in an object, its children as text.
func (s *Server) addressGet(params map[string]string) (any, *failure) {
	tree, ok := map[string][]branch{
		"US": {{"California", []string{"Los Angeles", "San Francisco"}}, {"Illinois", []string{"Chicago", "Springfield"}}, {"New Jersey", []string{"Newark", "Vineland"}}, {"New York", []string{"New York"}}},
		"BR": {{"Sao Paulo", []string{"Sao Paulo", "Campinas"}}, {"Rio de Janeiro", []string{"Rio de Janeiro"}}},
		"DE": {{"Berlin", []string{"Berlin", "Other"}}, {"Bayern", []string{"Munich", "Other"}}, {"Other", []string{"Other"}}},
		"NG": {{"Lagos State", []string{"Lagos", "Ikeja", "Other"}}, {"Rivers State", []string{"Port Harcourt", "Other"}}},
		"ES": {{"Madrid", []string{"Madrid", "Other"}}, {"Barcelona", []string{"Barcelona", "Other"}}},
	}[params["countryCode"]]
	if params["countryCode"] == "" {
		return nil, &failure{code: "MissingParameter", words: "countryCode is mandatory"}
	}
	if !ok {
		return fields{"result": fields{"ret": false, "code": "404", "msg": "no address data"}, "code": "0"}, nil
	}
	children := []any{}
	for _, b := range tree {
		cities := []any{}
		for _, c := range b.cities {
			cities = append(cities, map[string]any{"name": c, "type": "CITY", "hasChildren": false})
		}
		children = append(children, map[string]any{"name": b.name, "type": "PROVINCE", "hasChildren": true, "children": cities})
	}
	text, _ := json.Marshal(children)
	return fields{"result": fields{
		"ret": true, "code": "200", "msg": "",
		"data": fields{"country": params["countryCode"], "type": "country", "children": strings.TrimSpace(string(text))},
	}, "code": "0"}, nil
}

type branch struct {
	name   string
	cities []string
}
