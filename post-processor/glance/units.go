package glance

const (
	mib = 1 << 20
	gib = 1 << 30
)
