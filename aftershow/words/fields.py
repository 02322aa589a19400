"""What is known of a contact: one row for each field, and for each other column of lead files.

Beside its row, a field that has a rule of its own needs code: leads/row_reader.py reads its cell,
people/record/facts.py says which of several captures counts. tests/words/ says what lacks.
"""

from dataclasses import dataclass
from enum import StrEnum

from aftershow.words.word import Word


class Holder(StrEnum):
    """Where a field is kept."""

    CONTACT = "contact"
    #: the account of the contact
    COMPANY = "company"
    LEAD = "lead"
    #: in the capture alone, or in another field
    CAPTURE = "capture"


class Cell(StrEnum):
    """How the cell of a lead file is read."""

    #: as it stands, without needless spaces
    TEXT = "text"
    #: by a rule of its own
    RULE = "rule"


class Told(StrEnum):
    """How captures tell it: which of several counts, and how it is written."""

    #: the newest, in its best spelling, with the capitals of a name
    NAME = "name"
    #: the newest, in its best spelling, with the capitals of words
    WORDS = "words"
    #: the newest, as it was understood
    AS_WRITTEN = "as written"
    #: by a rule of its own
    RULE = "rule"


class Said(StrEnum):
    """What a stranger's words in it may say in our name (docs/decisions/0027)."""

    #: what people are called: what reads like an address, or is longer than a name, is not used
    NAME = "name"
    #: what else stands on a badge: what reads like an address is not used
    PHRASE = "phrase"
    #: anything: printed so that nobody makes a link of it
    FREE = "free"
    #: it has a form of its own, which is looked at when it is read
    FORM = "form"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """The column of the contact that keeps it."""

    #: characters; None for as many as there are
    longest: int | None
    #: people are looked for by it
    indexed: bool
    #: it is true or false, and false when nobody said it; else text
    flag: bool


#: A text that nobody looks for.
TEXT = Kept(longest=None, indexed=False, flag=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldRow:
    """What is known of a field."""

    #: what people call it
    label: str
    #: what it means, in a line of the catalogue
    about: str
    holder: Holder
    #: None: the contact has no column for it
    kept: Kept | None
    #: None: lead files have no column for it
    cell: Cell | None
    #: None: captures tell nothing of the contact by it
    told: Told | None
    said: Said
    #: the headings of real exports that mean it, folded to letters and digits
    headings: str
    #: conditions and templates know it
    in_conditions: bool
    #: a marketer's test may give it
    in_tests: bool
    #: it stands on the page of a person
    on_page: bool


# fmt: off
# A row has its facts in the same places, so that rows can be compared.
class ContactField(Word):
    """Something that is known of a contact, or that a column of a lead file tells, in the order of a page."""

    row: FieldRow

    GIVEN_NAME = "given_name", FieldRow(
        label="first name", about="first name",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.RULE, told=Told.NAME, said=Said.NAME,
        in_conditions=True, in_tests=True, on_page=True,
        headings="""
            firstname first givenname forename vorname prenom nombre nome voornaam fornavn
            etunimi fname""",
    )
    FAMILY_NAME = "family_name", FieldRow(
        label="last name", about="last name",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.RULE, told=Told.NAME, said=Said.NAME,
        in_conditions=True, in_tests=True, on_page=True,
        headings="""
            lastname last surname familyname nachname nomdefamille apellido apellidos cognome
            achternaam etternavn efternamn sukunimi lname""",
    )
    FULL_NAME = "full_name", FieldRow(
        label="name", about="first and last name in one",
        holder=Holder.CAPTURE, kept=None, cell=Cell.RULE, told=None, said=Said.NAME,
        in_conditions=False, in_tests=False, on_page=False,
        headings="""
            name fullname attendeename contactname displayname ansprechpartner nomcomplet fn""",
    )
    TITLE = "title", FieldRow(
        label="title", about="position in the company",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.TEXT, told=Told.WORDS, said=Said.PHRASE,
        in_conditions=True, in_tests=False, on_page=True,
        headings="""
            title jobtitle position jobfunction role function funktion berufsbezeichnung
            fonction cargo poste""",
    )
    COMPANY = "company", FieldRow(
        label="company", about="name of the company, the same as account.name",
        holder=Holder.COMPANY, kept=None, cell=Cell.TEXT, told=Told.WORDS, said=Said.PHRASE,
        in_conditions=True, in_tests=True, on_page=True,
        headings="""
            company companyname companyagency organization organisation organizationname
            organisationname employer firma firmenname unternehmen societe entreprise empresa
            azienda bedrijf account accountname org""",
    )
    EMAIL = "email", FieldRow(
        label="email address", about="email address, in lower case",
        holder=Holder.CONTACT, kept=Kept(longest=320, indexed=True, flag=False),
        cell=Cell.RULE, told=Told.RULE, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=True,
        headings="""
            email emailaddress mail emailid primaryemail workemail businessemail courriel
            correoelectronico emailadresse mailadresse correo""",
    )
    PHONE = "phone", FieldRow(
        label="phone number", about="phone number, as +15085550114",
        holder=Holder.CONTACT, kept=Kept(longest=20, indexed=True, flag=False),
        cell=Cell.RULE, told=Told.RULE, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=True,
        headings="""
            phone phonenumber telephone tel telefon telefonnummer telefono businessphone
            workphone officephone phone1 primaryphone daytimephone telephonenumber rufnummer""",
    )
    PHONE_EXTENSION = "phone_extension", FieldRow(
        label="extension", about="extension of the phone number",
        holder=Holder.CONTACT, kept=Kept(longest=20, indexed=False, flag=False),
        cell=None, told=Told.RULE, said=Said.FORM,
        in_conditions=False, in_tests=False, on_page=True,
        headings="",
    )
    #: empty for landlines and numbers with an extension
    MOBILE = "mobile", FieldRow(
        label="mobile number", about="a number that takes texts, as +15085550114",
        holder=Holder.CONTACT, kept=Kept(longest=20, indexed=True, flag=False),
        cell=Cell.RULE, told=Told.AS_WRITTEN, said=Said.FORM,
        in_conditions=True, in_tests=False, on_page=True,
        headings="""
            mobile mobilephone mobilenumber cell cellphone cellular mobil mobiltelefon handy
            handynummer portable movil cellulare gsm mobilenr""",
    )
    FAX = "fax", FieldRow(
        label="fax number", about="fax number",
        holder=Holder.CAPTURE, kept=None, cell=Cell.RULE, told=None, said=Said.FORM,
        in_conditions=False, in_tests=False, on_page=False,
        headings="fax faxnumber telefax faxnummer",
    )
    ADDRESS_1 = "address_1", FieldRow(
        label="street", about="street and number",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.TEXT, told=Told.WORDS, said=Said.FREE,
        in_conditions=False, in_tests=True, on_page=True,
        headings="""
            address address1 addressline1 street street1 streetaddress mailingaddress strasse
            adresse direccion indirizzo adresse1 streetandnumber""",
    )
    ADDRESS_2 = "address_2", FieldRow(
        label="second line of the address", about="suite, floor or building",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.TEXT, told=Told.WORDS, said=Said.FREE,
        in_conditions=False, in_tests=False, on_page=True,
        headings="address2 addressline2 street2 suite adresse2 adresszusatz",
    )
    CITY = "city", FieldRow(
        label="town", about="town of the contact",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.RULE, told=Told.WORDS, said=Said.PHRASE,
        in_conditions=True, in_tests=True, on_page=True,
        headings="city town ort stadt ville ciudad citta plaats wohnort",
    )
    STATE = "state", FieldRow(
        label="state", about="state or province of the contact",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.RULE, told=Told.AS_WRITTEN, said=Said.PHRASE,
        in_conditions=True, in_tests=True, on_page=True,
        headings="""
            state province stateprovince region bundesland provincia stateorprovince statecode
            county""",
    )
    POSTAL_CODE = "postal_code", FieldRow(
        label="postal code", about="postal code of the contact",
        holder=Holder.CONTACT, kept=TEXT, cell=Cell.RULE, told=Told.AS_WRITTEN, said=Said.PHRASE,
        in_conditions=True, in_tests=False, on_page=True,
        headings="""
            zip zipcode postalcode postcode zippostalcode zippostal plz postleitzahl codepostal
            cap cp""",
    )
    COUNTRY = "country", FieldRow(
        label="country", about="country of the contact, in two letters (ISO 3166-1)",
        holder=Holder.CONTACT, kept=Kept(longest=2, indexed=False, flag=False),
        cell=Cell.RULE, told=Told.AS_WRITTEN, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=True,
        headings="country countryregion countryname countrycode land pays pais paese nation",
    )
    #: it follows from the country, the state and the phone number
    TIMEZONE = "timezone", FieldRow(
        label="time zone", about="where the contact's clock stands, such as America/Chicago",
        holder=Holder.CONTACT, kept=Kept(longest=64, indexed=False, flag=False),
        cell=None, told=None, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=True,
        headings="",
    )
    LANGUAGE = "language", FieldRow(
        label="language", about="language of the contact, such as de",
        holder=Holder.CONTACT, kept=Kept(longest=12, indexed=False, flag=False),
        cell=Cell.RULE, told=Told.AS_WRITTEN, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=True,
        headings="language preferredlanguage sprache langue idioma lingua lang",
    )
    IS_CUSTOMER = "is_customer", FieldRow(
        label="customer", about="the contact or the company is a customer",
        holder=Holder.CONTACT, kept=Kept(longest=None, indexed=False, flag=True),
        cell=Cell.RULE, told=Told.AS_WRITTEN, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=True,
        headings="iscustomer customer existingcustomer kunde bestandskunde currentcustomer",
    )
    BADGE = "badge", FieldRow(
        label="badge", about="number of the badge",
        holder=Holder.CAPTURE, kept=None, cell=Cell.RULE, told=None, said=Said.FORM,
        in_conditions=False, in_tests=False, on_page=False,
        headings="""
            badge badgeid badgenumber badgeno badgecode registrationid registrantid regid
            barcode scanid""",
    )
    #: a test has it as `captured`, a moment
    CAPTURED_AT = "captured_at", FieldRow(
        label="time of the capture", about="when the lead was captured last",
        holder=Holder.LEAD, kept=None, cell=Cell.RULE, told=None, said=Said.FORM,
        in_conditions=True, in_tests=False, on_page=False,
        headings="""
            capturedat scannedat scantime1 createdat created timestamp scandatetime datetime
            datescanned capturedate1 leadcreatedat submittedat submitted captured scantimestamp
            dateandtime capturetime1 datecreated createdon createddate erfasstam erstelltam
            zeitstempel""",
    )
    CAPTURED_DATE = "captured_date", FieldRow(
        label="date of the capture", about="the day of it, where the time has a column of its own",
        holder=Holder.CAPTURE, kept=None, cell=Cell.RULE, told=None, said=Said.FORM,
        in_conditions=False, in_tests=False, on_page=False,
        headings="scandate capturedate date leaddate datum scanneddate visitdate",
    )
    CAPTURED_TIME = "captured_time", FieldRow(
        label="clock of the capture", about="the time of that day",
        holder=Holder.CAPTURE, kept=None, cell=Cell.RULE, told=None, said=Said.FORM,
        in_conditions=False, in_tests=False, on_page=False,
        headings="scantime capturetime time leadtime uhrzeit zeit scannedtime visittime",
    )
    CAPTURED_BY = "captured_by", FieldRow(
        label="scanned by", about="who or what scanned the badge",
        holder=Holder.CAPTURE, kept=None, cell=Cell.RULE, told=None, said=Said.FREE,
        in_conditions=False, in_tests=False, on_page=False,
        headings="""
            scannedby capturedby rep salesrep collectedby user username createdby leadtakenby
            device devicename scanner exhibitorstaff boothstaff erfasstvon staffmember""",
    )
    GRADE = "grade", FieldRow(
        label="grade", about="grade of the lead: A, B or C",
        holder=Holder.LEAD, kept=None, cell=Cell.RULE, told=None, said=Said.FORM,
        in_conditions=True, in_tests=True, on_page=False,
        headings="""
            grade rating leadrating priority temperature leadgrade leadquality bewertung hotness""",
    )
    OWNER = "owner", FieldRow(
        label="owner", about="the rep who talked to the contact",
        holder=Holder.LEAD, kept=None, cell=Cell.RULE, told=None, said=Said.FREE,
        in_conditions=True, in_tests=True, on_page=False,
        headings="owner leadowner assignedto accountmanager ownername zustandig salesperson",
    )
    NOTES = "notes", FieldRow(
        label="notes", about="what the rep wrote down; an answer of the lead",
        holder=Holder.LEAD, kept=None, cell=Cell.TEXT, told=None, said=Said.FREE,
        in_conditions=False, in_tests=False, on_page=False,
        headings="""
            notes note comments comment remarks remark bemerkung bemerkungen notiz notizen
            kommentar observations memo leadnotes additionalnotes""",
    )
# fmt: on

#: Columns of the contact that are true or false, and false when nobody said it.
FLAGS = tuple(str(field) for field in ContactField if field.row.kept and field.row.kept.flag)


def fields_told(*how: Told) -> tuple[ContactField, ...]:
    """Return the fields that captures tell so; without `how`, all that they tell."""
    return tuple(field for field in ContactField if field.row.told and field.row.told in (how or Told))


def field_headed(name: str) -> ContactField | None:
    """Return the field that lead files head with this name, such as first_name; None where it heads none."""
    folded = name.replace("_", "").lower()
    return next((field for field in ContactField if folded in field.row.headings.split()), None)
