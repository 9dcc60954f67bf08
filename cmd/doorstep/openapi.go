package main

import "doorstep/internal/web/api"

type openapiCmd struct{}

// Run prints the description of the API. It needs no database.
func (openapiCmd) Run(e *env) error {
	document, err := api.Document()
	if err != nil {
		return err
	}
	_, err = e.out.Write(document)
	return err
}
