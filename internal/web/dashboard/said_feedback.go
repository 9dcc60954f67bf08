package dashboard

// feedbackSentence says what customers said of what they bought, and what became of it.
func feedbackSentence(kind string) string {
	return map[string]string{
		"review.written":    "The customer wrote a review",
		"review.published":  "A review was published",
		"review.refused":    "A review was not published",
		"review.answered":   "A review was answered",
		"service.rated":     "The customer said how it went",
		"consent.given":     "The customer agreed to be written to",
		"consent.withdrawn": "The customer does not want such mails any more",
	}[kind]
}

// feedbackSection are the settings of what customers are asked and offered.
func feedbackSection() settingSection {
	return settingSection{Key: "feedback", Name: "Reviews and offers", Icon: "star", Words: "What customers are asked after a delivery, and offered.", Cards: []settingCard{
		{Name: "Reviews", Words: "Days for a country of their own stand below; a parcel from far away takes longer to be unpacked and tried.", Family: "review.days.", Rows: []settingRow{
			row("review.ask", "Ask customers what they think", "", "", pick2("true", "Yes, once for each order", "false", "No")...),
			row("review.days", "Days after the delivery", "Empty: 5 to 14 days, the longer the parcel travelled the longer.", "number"),
			row("review.publish_from", "Publish at once from so many stars", "0: a person reads each first. The law of many countries wants bad reviews shown like good ones.", "number"),
		}},
		{Name: "Offers", Words: "One mail some days after the delivery, only to customers who ticked the box at the checkout. The box is there while offers are on.", Rows: []settingRow{
			row("offer.days", "Days after the delivery", "0: no offers.", "number"),
			row("offer.code", "Discount code that it names", "The text of the mail is changed under Mails.", ""),
		}},
	}}
}
