"""Lists of words that names, companies and email addresses are understood by."""


def _listed(text: str) -> list[str]:
    return text.split()


#: Parts of a family name that are written small.
PARTICLES = frozenset(
    _listed("al bin d da das de del della den der di dos du el la las le los ten ter van von zu zum zur")
)
#: What stands before a name and is no part of it; without the final dot.
SALUTATIONS = frozenset(
    _listed("mr mrs ms miss mx dr prof herr frau hr fr dipl-ing ing mme mlle monsieur madame sir")
)
#: Short forms of first names, by the full form.
SHORT_FORMS = {
    "anthony": _listed("tony"),
    "charles": _listed("charlie chuck"),
    "edward": _listed("ed eddie ted"),
    "elizabeth": _listed("liz beth betty lisa"),
    "james": _listed("jim jimmy jamie"),
    "johannes": _listed("hans hannes"),
    "john": _listed("jack johnny jon"),
    "joseph": _listed("joe joey"),
    "katherine": _listed("kate kathy katie cathy"),
    "margaret": _listed("peggy marge maggie meg"),
    "michael": _listed("mike mick"),
    "richard": _listed("dick rick rich ricky"),
    "robert": _listed("bob bobby rob robbie"),
    "stuart": _listed("stu stewart"),
    "thomas": _listed("tom tommy"),
    "william": _listed("bill billy will willie"),
}
#: Words inside a company, place or title that are written small.
SMALL_WORDS = frozenset(_listed("and at by for in of on the und für der die das mit et des du y e a de la"))
#: Words with a spelling of their own.
OWN_SPELLING = {
    word.casefold(): word
    for word in _listed(
        """AB AG AJ ApS AS BV CEO CFO CIO Co COO Corp CTO EU EVP GM GmbH HR HVAC II III IT IV Inc Jr KG
        KGaA LLC LLP LP Ltd mbH Ng NV OHG OY Oyj PLC PO Pty Pvt QA SA SARL SAS SE SpA Sr SRL SVP UAE
        UG UK US USA VP Ct Dr Ft Ln Mr Ms Mt Rd St"""
    )
}
#: Legal forms of companies, folded, dots taken out.
LEGAL_FORMS = frozenset(
    _listed(
        """ab ag aps as asa bv co company corp corporation cv doo ek eirl eood ev gbr gmbh inc
        incorporated kft kg kgaa kk ks lda llc llp lp ltd ltda limited mbh nv ohg oy oyj plc pte pty
        pvt rl sa sarl sas sca scrl se sl slu snc spa spzoo sro srl srls ug"""
    )
)
#: Words of a company's name that say nothing.
JOINTS = frozenset(_listed("and und et y e the"))
#: Parts before the @ that many people read (RFC 2142, and what companies print on their cards).
DESKS = frozenset(
    _listed(
        """abuse accounting accounts admin administration anfrage bestellung billing booking bookings
        buchhaltung buero careers contact contacto contacts contatti einkauf empfang enquiries
        enquiry events export finance frontdesk hello help helpdesk hostmaster hr info information
        inquiries inquiry it job jobs kontakt mail mailbox marketing media message news newsletter
        noreply office online order orders parts post postmaster press procurement purchase
        purchasing reception rental rentals sales sekretariat service shop store support team vendas
        ventas verkauf vertrieb web webmaster welcome zentrale"""
    )
)
