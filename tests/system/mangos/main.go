// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the ragd authors

// A socket of Go mangos, an SP implementation independent of nng, driven over
// a pipe: mangos KIND URL copies messages between stdin and stdout and a
// socket of the kind "pair" or "req". On the pipe a message is its length in
// four bytes, big-endian, and its body.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"go.nanomsg.org/mangos/v3"
	"go.nanomsg.org/mangos/v3/protocol/pair"
	"go.nanomsg.org/mangos/v3/protocol/req"
	_ "go.nanomsg.org/mangos/v3/transport/ipc"
	_ "go.nanomsg.org/mangos/v3/transport/tcp"
)

const maxMessage = 4 << 20

func fail(err error) {
	fmt.Fprintln(os.Stderr, "mangos:", err)
	os.Exit(1)
}

// The next message of the pipe; its end is the end of the program.
func fromPipe(in io.Reader) []byte {
	var length uint32
	if err := binary.Read(in, binary.BigEndian, &length); err != nil {
		os.Exit(0)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(in, body); err != nil {
		fail(err)
	}
	return body
}

func toPipe(body []byte) {
	if err := binary.Write(os.Stdout, binary.BigEndian, uint32(len(body))); err != nil {
		fail(err)
	}
	if _, err := os.Stdout.Write(body); err != nil {
		fail(err)
	}
}

func send(socket mangos.Socket, body []byte) {
	if err := socket.Send(body); err != nil {
		fail(err)
	}
}

func receive(socket mangos.Socket) []byte {
	body, err := socket.Recv()
	if err != nil {
		fail(err)
	}
	return body
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: mangos pair|req URL"))
	}
	open := map[string]func() (mangos.Socket, error){"pair": pair.NewSocket, "req": req.NewSocket}
	socket, err := open[os.Args[1]]()
	if err != nil {
		fail(err)
	}
	// Its own limit is below what Hello says that we take.
	if err := socket.SetOption(mangos.OptionMaxRecvSize, maxMessage); err != nil {
		fail(err)
	}
	if err := socket.Dial(os.Args[2]); err != nil {
		fail(err)
	}
	in := bufio.NewReader(os.Stdin)
	if os.Args[1] == "req" { // each answer follows its request
		for {
			send(socket, fromPipe(in))
			toPipe(receive(socket))
		}
	}
	go func() {
		for {
			send(socket, fromPipe(in))
		}
	}()
	for {
		toPipe(receive(socket))
	}
}
