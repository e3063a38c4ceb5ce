package main

import "context"

func (b *bench) papers(ctx context.Context) error { return nil }
func (b *bench) inbox(ctx context.Context) error  { return nil }
func (b *bench) start(ctx context.Context) error  { return nil }
