package message

import (
	"regexp"
	"strings"
)

var (
	// wrote is the line above a quotation, in the languages of the shop and their neighbours.
	wrote = regexp.MustCompile(`(?i)\b(wrote|schrieb|geschrieben|écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał\(?a?\)?|kirjoitti)\b.{0,200}:\s*$`)
	// divider stands above the mail that is answered.
	divider = regexp.MustCompile(`(?i)^\s*[-_]{2,}\s*(original message|ursprüngliche nachricht|message d'origine|message d’origine|mensaje original|mensagem original|messaggio originale|forwarded message|weitergeleitete nachricht)\s*[-_]{2,}\s*$`)
	// from is the first line of the head that Outlook writes above what it quotes.
	from = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|da|van|från)\s*:\*?\s+\S`)
	// sent is one of the lines that follow it.
	sent = regexp.MustCompile(`(?i)^\s*\*?(sent|gesendet|date|datum|envoyé|enviado|enviado el|data|to|an|à|para|subject|betreff|objet|asunto|assunto)\s*:`)
	// began is the first half of the line above a quotation, where it was broken in two.
	began = regexp.MustCompile(`(?i)^\s*(on|am|le|el|em|il|op|den|dnia)\b.*\d`)
	rule  = regexp.MustCompile(`^\s*_{10,}\s*$`)
)

// Fold parts what somebody wrote from what their mail program put below it: the mail that
// is answered, and the signature. Answers between quoted lines stay where they are.
func Fold(text string) (own, quoted string) {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	at := len(lines)
	for i := range lines {
		if endsHere(lines, i) {
			at = i
			break
		}
	}
	own, quoted = strings.TrimSpace(strings.Join(lines[:at], "\n")), strings.TrimSpace(strings.Join(lines[at:], "\n"))
	if own == "" { // nothing but a quotation: a forwarded mail
		return quoted, ""
	}
	return own, quoted
}

// endsHere says whether somebody's own words end above a line.
func endsHere(lines []string, i int) bool {
	line := lines[i]
	switch {
	case divider.MatchString(line), line == "-- ", line == "--" && i > 0:
		return true
	case rule.MatchString(line):
		return i+1 < len(lines) && from.MatchString(next(lines, i+1))
	case from.MatchString(line):
		return i+1 < len(lines) && sent.MatchString(next(lines, i+1))
	case strings.HasPrefix(line, ">"):
		return onlyQuoted(lines[i:])
	case wrote.MatchString(line):
		return quotedBelow(lines[i+1:])
	case i+1 < len(lines) && began.MatchString(line) && wrote.MatchString(line+" "+lines[i+1]):
		return quotedBelow(lines[i+2:])
	}
	return false
}

// next is the first line from i on that is not empty.
func next(lines []string, i int) string {
	for ; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) != "" {
			return lines[i]
		}
	}
	return ""
}

// quotedBelow says whether all that follows a line such as "Ann wrote:" is quoted, or
// nothing is marked as such, as some programs do.
func quotedBelow(lines []string) bool {
	return onlyQuoted(lines) || !strings.HasPrefix(next(lines, 0), ">")
}

// onlyQuoted says whether nothing but quoted lines follows.
func onlyQuoted(lines []string) bool {
	for i, line := range lines {
		if line == "-- " {
			return i > 0
		}
		if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, ">") {
			return false
		}
	}
	return true
}
