"""What the register's codes mean, in INSEE's words: legal forms (level III), activities (NAF rev. 2), ranges of staff.

Only the codes that the invented companies bear. Source: the public nomenclatures of INSEE.
"""

LEGAL_FORMS: dict[str, str] = {
    "1000": "Entrepreneur individuel",
    "5485": "Société d'exercice libéral à responsabilité limitée",
    "5498": "SARL unipersonnelle",
    "5499": "Société à responsabilité limitée (sans autre indication)",
    "5599": "SA à conseil d'administration (s.a.i.)",
    "5710": "SAS, société par actions simplifiée",
    "5720": "Société par actions simplifiée à associé unique ou société par actions simplifiée unipersonnelle",
    "6540": "Société civile immobilière",
}
# How a name says its form; forms that no name says are left out.
SPOKEN_FORMS: dict[str, str] = {"5498": "EURL", "5499": "SARL", "5599": "SA", "5710": "SAS", "5720": "SASU"}
# The title of who directs a company of this form.
DIRECTORS: dict[str, str] = {
    "1000": "Exploitant",
    "5485": "Gérant",
    "5498": "Gérant",
    "5499": "Gérant",
    "5599": "Président du conseil d'administration",
    "5710": "Président de SAS",
    "5720": "Président de SAS",
    "6540": "Gérant",
}
ACTIVITIES: dict[str, str] = {
    "10.71C": "Boulangerie et boulangerie-pâtisserie",
    "43.22A": "Travaux d'installation d'eau et de gaz en tous locaux",
    "43.32A": "Travaux de menuiserie bois et PVC",
    "45.20A": "Entretien et réparation de véhicules automobiles légers",
    "47.76Z": (
        "Commerce de détail de fleurs, plantes, graines, engrais, animaux de compagnie et aliments pour ces animaux"
        " en magasin spécialisé"
    ),
    "47.78A": "Commerces de détail d'optique",
    "55.10Z": "Hôtels et hébergement similaire",
    "56.10A": "Restauration traditionnelle",
    "62.01Z": "Programmation informatique",
    "68.20B": "Location de terrains et d'autres biens immobiliers",
    "69.10Z": "Activités juridiques",
    "86.23Z": "Pratique dentaire",
    "96.02A": "Coiffure",
}
SECTIONS: dict[str, str] = {
    "10": "C",
    "43": "F",
    "45": "G",
    "47": "G",
    "55": "I",
    "56": "I",
    "62": "J",
    "68": "L",
    "69": "M",
    "86": "Q",
    "96": "S",
}
# By the trade's type on the map.
ACTIVITY_OF: dict[str, str] = {
    "bakery": "10.71C",
    "car_repair": "45.20A",
    "carpenter": "43.32A",
    "dentist": "86.23Z",
    "florist": "47.76Z",
    "hair_salon": "96.02A",
    "hotel": "55.10Z",
    "lawyer": "69.10Z",
    "optician": "47.78A",
    "plumber": "43.22A",
    "restaurant": "56.10A",
    "website_designer": "62.01Z",
}
RENTING = "68.20B"
# `00` (nobody today) and `NN` (never anybody) have words of their own, which readers may shorten.
STAFF: dict[str, str] = {
    "01": "1 ou 2 salariés",
    "02": "3 à 5 salariés",
    "03": "6 à 9 salariés",
    "11": "10 à 19 salariés",
    "12": "20 à 49 salariés",
    "21": "50 à 99 salariés",
}
COMMUNE_CODES: dict[str, str] = {
    "Lyon": "69383",
    "Tours": "37261",
    "Nantes": "44109",
    "Lille": "59350",
    "Rennes": "35238",
    "Strasbourg": "67482",
    "Aurillac": "15014",
    "Bayonne": "64102",
    "Dijon": "21231",
    "Annecy": "74010",
    "Versailles": "78646",
    "Ajaccio": "2A004",
}
