"""Lists of words that names, companies and email addresses are understood by."""


def listed(text: str) -> list[str]:
    """Return the words of a text; a long list reads better without quotes around each."""
    return text.split()


#: Parts of a family name that are written small.
PARTICLES = frozenset(
    listed("al bin d da das de del della den der di dos du el la las le los ten ter van von zu zum zur")
)
#: What stands before a name and is no part of it; without the final dot.
SALUTATIONS = frozenset(
    listed("mr mrs ms miss mx dr prof herr frau hr fr dipl-ing ing mme mlle monsieur madame sir")
)
#: Short forms of first names, by the full form.
SHORT_FORMS = {
    "anthony": listed("tony"),
    "charles": listed("charlie chuck"),
    "edward": listed("ed eddie ted"),
    "elizabeth": listed("liz beth betty lisa"),
    "james": listed("jim jimmy jamie"),
    "johannes": listed("hans hannes"),
    "john": listed("jack johnny jon"),
    "joseph": listed("joe joey"),
    "katherine": listed("kate kathy katie cathy"),
    "margaret": listed("peggy marge maggie meg"),
    "michael": listed("mike mick"),
    "richard": listed("dick rick rich ricky"),
    "robert": listed("bob bobby rob robbie"),
    "stuart": listed("stu stewart"),
    "thomas": listed("tom tommy"),
    "william": listed("bill billy will willie"),
}
#: Words inside a company, place or title that are written small.
SMALL_WORDS = frozenset(listed("and at by for in of on the und für der die das mit et des du y e a de la"))
#: Words with a spelling of their own.
OWN_SPELLING = {
    word.casefold(): word
    for word in listed(
        """AB AG AJ ApS AS BV CEO CFO CIO Co COO Corp CTO EU EVP GM GmbH HR HVAC II III IT IV Inc Jr KG
        KGaA LLC LLP LP Ltd mbH Ng NV OHG OY Oyj PLC PO Pty Pvt QA SA SARL SAS SE SpA Sr SRL SVP UAE
        UG UK US USA VP Ct Dr Ft Ln Mr Ms Mt Rd St"""
    )
}
#: Legal forms of companies, folded, dots taken out.
LEGAL_FORMS = frozenset(
    listed(
        """ab ag aps as asa bv co company corp corporation cv doo ek eirl eood ev gbr gmbh inc
        incorporated kft kg kgaa kk ks lda llc llp lp ltd ltda limited mbh nv ohg oy oyj plc pte pty
        pvt rl sa sarl sas sca scrl se sl slu snc spa spzoo sro srl srls ug"""
    )
)
#: Words of a company's name that say nothing.
JOINTS = frozenset(listed("and und et y e the"))
#: Parts before the @ that many people read (RFC 2142, and what companies print on their cards), or nobody.
DESKS = frozenset(
    listed(
        """abuse accounting accounts admin administration anfrage anonymous bestellung billing booking
        bookings buchhaltung buero careers contact contacto contacts contatti einkauf empfang
        enquiries enquiry events export finance frontdesk hello help helpdesk hostmaster hr info
        information inquiries inquiry it job jobs kontakt mail mailbox marketing media message news
        newsletter nobody noemail nomail none noreply nospam office online order orders parts post
        postmaster press procurement purchase purchasing reception rental rentals sales sekretariat
        service shop store support team test unknown vendas ventas verkauf vertrieb web webmaster
        welcome zentrale"""
    )
)
