package main

import "errors"

type benchCmd struct{}

// Run is to come.
func (benchCmd) Run(e *env) error { return errors.New("x") }

type openapiCmd struct{}

// Run is to come.
func (openapiCmd) Run(e *env) error { return errors.New("x") }
