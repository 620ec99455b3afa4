// SPDX-License-Identifier: MIT

// The three hot paths as a Go program does them: net/http, pgx with prepared
// statements, one process.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"hash"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const (
	idleHours  = 24
	mostBytes  = 1 << 20
	window     = 300 // seconds that a signature is good for
	tokenBytes = 43  // of a session, in the cookie
)

type peer struct {
	pool                   *pgxpool.Pool
	tokenSQL, webhookSQL   string
	cookie, product        string
	scriptURL              string
	webhookKey, productKey sync.Pool
}

// A hash that has taken its key already.
func keyed(make func() hash.Hash, key []byte) sync.Pool {
	return sync.Pool{New: func() interface{} { return hmac.New(make, key) }}
}

func sum(pool *sync.Pool, parts ...[]byte) []byte {
	h := pool.Get().(hash.Hash)
	h.Reset()
	for _, part := range parts {
		h.Write(part)
	}
	digest := h.Sum(nil)
	pool.Put(h)
	return digest
}

func answer(w http.ResponseWriter, status int, value interface{}) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(body)
}

func (p *peer) livez(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	io.WriteString(w, "ok\n")
}

// --- token ---

type claims struct {
	ProductID     string `json:"productId"`
	ProductUserID string `json:"productUserId"`
	IssuedAt      int64  `json:"iat"`
}

type details struct {
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	FullName  string `json:"fullName"`
	Email     string `json:"email"`
}

type boot struct {
	ProductID string  `json:"productId"`
	Token     string  `json:"token"`
	User      details `json:"productUserDetails"`
}

type tokenAnswer struct {
	Enabled   bool   `json:"enabled"`
	ScriptURL string `json:"scriptUrl"`
	Announce  bool   `json:"announce"`
	Boot      boot   `json:"bootConfig"`
}

const jwtHeader = "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."

func (p *peer) jwt(user string) string {
	set, _ := json.Marshal(claims{p.product, user, time.Now().Unix()})
	signed := jwtHeader + base64.RawURLEncoding.EncodeToString(set)
	return signed + "." + base64.RawURLEncoding.EncodeToString(sum(&p.productKey, []byte(signed)))
}

func (p *peer) token(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(p.cookie)
	if err != nil || len(cookie.Value) != tokenBytes {
		answer(w, 200, map[string]interface{}{"enabled": false, "reason": "not_logged_in"})
		return
	}
	digest := sha256.Sum256([]byte(cookie.Value))
	var id, organization string
	var who details
	var touch bool
	err = p.pool.QueryRow(r.Context(), p.tokenSQL, digest[:], idleHours).
		Scan(&id, &who.Email, &who.FirstName, &who.LastName, &organization, &touch)
	if errors.Is(err, pgx.ErrNoRows) {
		answer(w, 200, map[string]interface{}{"enabled": false, "reason": "not_logged_in"})
		return
	}
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	who.FullName = who.FirstName + " " + who.LastName
	answer(w, 200, tokenAnswer{true, p.scriptURL, false, boot{p.product, p.jwt(id), who}})
}

// --- webhook ---

type event struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	APIVersion string `json:"api_version"`
	Created    int64  `json:"created"`
	Livemode   bool   `json:"livemode"`
	Data       struct {
		Object struct {
			ID     string `json:"id"`
			Object string `json:"object"`
		} `json:"object"`
	} `json:"data"`
}

func (p *peer) isSigned(header string, body []byte) bool {
	var t string
	var given [][]byte
	for _, item := range strings.Split(header, ",") {
		if strings.HasPrefix(item, "t=") {
			t = item[2:]
		} else if strings.HasPrefix(item, "v1=") {
			if v1, err := hex.DecodeString(item[3:]); err == nil {
				given = append(given, v1)
			}
		}
	}
	at, err := strconv.ParseInt(t, 10, 64)
	now := time.Now().Unix()
	if err != nil || at < now-window || at > now+window {
		return false
	}
	want := sum(&p.webhookKey, []byte(t), []byte("."), body)
	for _, v1 := range given {
		if subtle.ConstantTimeCompare(want, v1) == 1 {
			return true
		}
	}
	return false
}

func bodyOf(r *http.Request) ([]byte, error) {
	if r.ContentLength < 0 || r.ContentLength > mostBytes {
		return nil, errors.New("too large")
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	return body, err
}

func (p *peer) webhook(w http.ResponseWriter, r *http.Request) {
	body, err := bodyOf(r)
	if err != nil || !p.isSigned(r.Header.Get("Stripe-Signature"), body) {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	var e event
	if err = json.Unmarshal(body, &e); err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	lane := sha256.Sum256([]byte(e.Data.Object.ID))
	var fresh int64
	err = p.pool.QueryRow(r.Context(), p.webhookSQL, int16(lane[0]), e.ID, e.Type, e.Data.Object.Object, e.Data.Object.ID,
		e.APIVersion, e.Livemode, e.Created, string(body)).Scan(&fresh)
	if err != nil {
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(200)
}

// --- start ---

func text(path string) string {
	bytes, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return strings.TrimSpace(string(bytes))
}

func main() {
	socket := flag.String("socket", "", "where to listen")
	conninfo := flag.String("conninfo", "", "the database")
	most := flag.Int("pool", 8, "connections to it")
	sql := flag.String("sql", ".", "the folder of the statements")
	webhookSecret := flag.String("webhook-secret", "", "file")
	productSecret := flag.String("product-secret", "", "file")
	p := &peer{}
	flag.StringVar(&p.cookie, "cookie", "", "name of the session's")
	flag.StringVar(&p.product, "product", "", "id")
	flag.StringVar(&p.scriptURL, "script", "", "address")
	flag.Parse()

	p.webhookKey = keyed(sha256.New, []byte(text(*webhookSecret)))
	p.productKey = keyed(sha512.New, []byte(text(*productSecret)))
	p.tokenSQL = text(*sql + "/token.sql")
	p.webhookSQL = text(*sql + "/webhook.sql")
	config, err := pgxpool.ParseConfig(*conninfo)
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = int32(*most)
	config.MinConns = int32(*most)
	if p.pool, err = pgxpool.ConnectConfig(context.Background(), config); err != nil {
		log.Fatal(err)
	}

	mux := http.NewServeMux()
	mux.HandleFunc("/livez", p.livez)
	mux.HandleFunc("/api/cello/token", p.token)
	mux.HandleFunc("/webhooks/stripe", p.webhook)
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		log.Fatal(err)
	}
	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGTERM)
	go func() {
		<-done
		os.Exit(0)
	}()
	log.Fatal((&http.Server{Handler: mux}).Serve(listener))
}
