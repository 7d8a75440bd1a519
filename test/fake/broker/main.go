// Seals rows with the very library and calls that Pixie's query broker uses, in the version of its
// go.mod. Reads JSON lines {"jwk", "key_alg", "content_alg", "compression_alg": texts as in
// vizierpb's EncryptionOptions, "plain": hex}; writes for each {"sealed": compact JWE} or, where the
// library refuses, {"refused": its own words}.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"log"
	"os"

	"github.com/lestrrat-go/jwx/jwa"
	"github.com/lestrrat-go/jwx/jwe"
	"github.com/lestrrat-go/jwx/jwk"
)

type order struct {
	Key         string `json:"jwk"`
	KeyAlg      string `json:"key_alg"`
	ContentAlg  string `json:"content_alg"`
	Compression string `json:"compression_alg"`
	Plain       string `json:"plain"`
}

type answer struct {
	Sealed  string `json:"sealed,omitempty"`
	Refused string `json:"refused,omitempty"`
}

func seal(wanted order) (string, error) {
	plain, err := hex.DecodeString(wanted.Plain)
	if err != nil {
		return "", err
	}
	key, err := jwk.ParseKey([]byte(wanted.Key))
	if err != nil {
		return "", err
	}
	var keyAlg jwa.KeyEncryptionAlgorithm
	if err := keyAlg.Accept(wanted.KeyAlg); err != nil {
		return "", err
	}
	var contentAlg jwa.ContentEncryptionAlgorithm
	if err := contentAlg.Accept(wanted.ContentAlg); err != nil {
		return "", err
	}
	var compression jwa.CompressionAlgorithm
	if err := compression.Accept(wanted.Compression); err != nil {
		return "", err
	}
	sealed, err := jwe.Encrypt(plain, keyAlg, key, contentAlg, compression)
	return string(sealed), err
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for in.More() {
		var wanted order
		if err := in.Decode(&wanted); err != nil {
			log.Fatal(err)
		}
		var given answer
		sealed, err := seal(wanted)
		if err != nil {
			given.Refused = err.Error()
		} else {
			given.Sealed = sealed
		}
		if err := out.Encode(given); err != nil {
			log.Fatal(err)
		}
	}
}
