# Tongban: every target is one line; `make` alone explains them.
.DEFAULT_GOAL := help
BIN := bin/tongban
# Pages, verbs and operations are thousands of small calls in a row, and the PostgreSQL driver waits for its server;
# called and not copied in, they take 6 MB less. The machine below (platform, SQLite, the laws' arithmetic) keeps what
# the compiler copies in for speed.
SMALL := -gcflags=tongban/gov/...=-l -gcflags=tongban/ui/...=-l -gcflags=tongban/app=-l \
	-gcflags=github.com/xuri/...=-l -gcflags=github.com/danielgtaylor/...=-l -gcflags=github.com/jackc/...=-l
# The binary and the tests are compiled in one way: what ships is what is tested, and nothing is compiled twice.
export CGO_ENABLED := 0
export GOFLAGS := $(GOFLAGS) -trimpath $(SMALL)

.PHONY: help run build test check bench generate fmt clean
help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
run: build ## build, import the shipped data, seed the practice town, serve on http://127.0.0.1:8080 (TONGBAN_LISTEN, TONGBAN_DATA change address and folder)
	TONGBAN_DATA="$${TONGBAN_DATA:-tongban-data}" $(BIN) dev
build: ## build the one binary into bin/ and weigh it
	go build -ldflags '-s -w' -o $(BIN) ./cmd/tongban && bash scripts/size.sh $(BIN)
test: ## set up PostgreSQL and Chromium if need be, then run every test on both engines
	bash scripts/test.sh
check: ## format, vet and the laws of the repository
	bash scripts/check.sh
bench: build ## print the benchmarks with their ratios
	go build -o bin/load ./test/load && bash scripts/bench.sh
generate: ## regenerate templates and specifications
	go generate ./... && go tool templ generate
fmt: ## format Go and templates
	gofmt -w $$(git ls-files '*.go') && go tool templ fmt .
clean: ## remove the binary; the data folder stays
	rm -rf bin
