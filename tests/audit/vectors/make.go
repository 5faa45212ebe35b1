// Vectors by Go's golang.org/x/mod/sumdb, which shares no line of code with this project.
//
//	make:  go run make.go make > sumdb.json
//	check: go run make.go check < ours.json     (what this project made; exit 1 if Go disagrees)
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const name = "yunhu.example/audit"

type proof struct {
	Index int64    `json:"index"`
	Size  int64    `json:"size"`
	Leaf  string   `json:"leaf"`
	Path  []string `json:"path"`
}

type growth struct {
	Old  int64    `json:"old"`
	New  int64    `json:"new"`
	Path []string `json:"path"`
}

type vectors struct {
	Vkey      string            `json:"vkey"`
	Seed      string            `json:"seed"`
	Note      string            `json:"note"`
	Size      int64             `json:"size"`
	Roots     map[int64]string  `json:"roots"`
	Tiles     map[string]string `json:"tiles"` // "level/index": hashes of the tree of Size
	Inclusion []proof           `json:"inclusion"`
	Growth    []growth          `json:"consistency"`
}

// stored holds all hashes of a tree, in Go's own order.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = s[index]
	}
	return found, nil
}

// tiles are those of another implementation.
type tiles map[string]string

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := hex.DecodeString(t[fmt.Sprintf("%d/%d", tile.L, tile.N)])
		if err != nil || len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %d/%d is not there", tile.L, tile.N)
		}
		found = append(found, data[:tile.W*tlog.HashSize])
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func hexes(hashes []tlog.Hash) []string {
	found := []string{}
	for _, hash := range hashes {
		found = append(found, hex.EncodeToString(hash[:]))
	}
	return found
}

func hashes(texts []string) []tlog.Hash {
	found := []tlog.Hash{}
	for _, text := range texts {
		found = append(found, hashOf(text))
	}
	return found
}

func hashOf(text string) tlog.Hash {
	data, err := hex.DecodeString(text)
	must(err)
	var hash tlog.Hash
	copy(hash[:], data)
	return hash
}

func make_() {
	seed := []byte(strings.Repeat("\x01", ed25519.SeedSize))
	key := ed25519.NewKeyFromSeed(seed)
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	must(err)
	out := vectors{
		Vkey: vkey, Seed: hex.EncodeToString(seed), Size: 700,
		Roots: map[int64]string{}, Tiles: map[string]string{},
	}
	var all stored
	for i := int64(0); i < out.Size; i++ {
		added, err := tlog.StoredHashes(i, []byte(fmt.Sprintf("entry %d", i)), all)
		must(err)
		all = append(all, added...)
	}
	sizes := []int64{1, 2, 3, 4, 7, 8, 255, 256, 257, 511, 512, 513, 640, 699, 700}
	for _, size := range sizes {
		root, err := tlog.TreeHash(size, all)
		must(err)
		out.Roots[size] = hex.EncodeToString(root[:])
		for _, index := range []int64{0, 1, 2, 100, 255, 256, 511, 512, 639, 698, 699} {
			if index < size {
				path, err := tlog.ProveRecord(size, index, all)
				must(err)
				leaf := tlog.RecordHash([]byte(fmt.Sprintf("entry %d", index)))
				text := hex.EncodeToString(leaf[:])
				out.Inclusion = append(out.Inclusion, proof{index, size, text, hexes(path)})
			}
		}
		for _, old := range sizes {
			if old <= size {
				path, err := tlog.ProveTree(size, old, all)
				must(err)
				out.Growth = append(out.Growth, growth{old, size, hexes(path)})
			}
		}
	}
	for _, tile := range tlog.NewTiles(8, 0, out.Size) {
		data, err := tlog.ReadTileData(tile, all)
		must(err)
		out.Tiles[fmt.Sprintf("%d/%d", tile.L, tile.N)] = hex.EncodeToString(data)
	}
	private := append([]byte{1}, seed...)
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, strings.Split(vkey, "+")[1],
		base64.StdEncoding.EncodeToString(private))
	signer, err := note.NewSigner(skey)
	must(err)
	root, err := base64.StdEncoding.DecodeString(b64(out.Roots[out.Size]))
	must(err)
	text := fmt.Sprintf("%s\n%d\n%s\n", name, out.Size, base64.StdEncoding.EncodeToString(root))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	out.Note = string(signed)
	written, err := json.MarshalIndent(out, "", " ")
	must(err)
	fmt.Println(string(written))
}

func b64(text string) string {
	data, err := hex.DecodeString(text)
	must(err)
	return base64.StdEncoding.EncodeToString(data)
}

func check() {
	var in vectors
	must(json.NewDecoder(os.Stdin).Decode(&in))
	verifier, err := note.NewVerifier(in.Vkey)
	must(err)
	opened, err := note.Open([]byte(in.Note), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	root := hashOf(in.Roots[in.Size])
	if lines[1] != fmt.Sprint(in.Size) || lines[2] != b64(in.Roots[in.Size]) {
		log.Fatal("the note signs something else")
	}
	reader := tlog.TileHashReader(tlog.Tree{N: in.Size, Hash: root}, tiles(in.Tiles))
	for _, one := range in.Inclusion {
		must(tlog.CheckRecord(hashes(one.Path), one.Size, hashOf(in.Roots[one.Size]), one.Index, hashOf(one.Leaf)))
		path, err := tlog.ProveRecord(one.Size, one.Index, reader)
		must(err)
		if strings.Join(hexes(path), " ") != strings.Join(one.Path, " ") {
			log.Fatalf("Go proves entry %d of %d otherwise", one.Index, one.Size)
		}
	}
	for _, one := range in.Growth {
		must(tlog.CheckTree(hashes(one.Path), one.New, hashOf(in.Roots[one.New]), one.Old, hashOf(in.Roots[one.Old])))
		path, err := tlog.ProveTree(one.New, one.Old, reader)
		must(err)
		if strings.Join(hexes(path), " ") != strings.Join(one.Path, " ") {
			log.Fatalf("Go proves the growth from %d to %d otherwise", one.Old, one.New)
		}
	}
	fmt.Printf("%d inclusion, %d consistency proofs\n", len(in.Inclusion), len(in.Growth))
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "make" {
		make_()
	} else if len(os.Args) == 2 && os.Args[1] == "check" {
		check()
	} else {
		log.Fatal("usage: make | check")
	}
}
