"""The words of the browser check."""

from __future__ import annotations

from typing import Final

from readiness.advice import Advice, CheckWords
from readiness.text import N_

WORDS: Final = CheckWords(
    name=N_("Browser"),
    prompt=N_("We look for the browser for your visit."),
    findings={
        "ok": Advice(
            text=N_("Your browser is right for the visit. It is {name}."),
            agent=N_("Your browser, {name}, is right for the visit. Its version is {version}."),
            confirm=N_("Will you use {name} for the visit?"),
        ),
        "not_checked": Advice(
            text=N_("We could not check your browser. {reason}"),
            steps=(
                N_("Try again."),
                N_("If you can, use Chrome, or Safari on a Mac."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We could not check your browser. It may still be right for the visit."),
            confirm=N_("Do you have Chrome or Safari on your computer?"),
        ),
        "none": Advice(
            text=N_("We did not find a browser for your visit."),
            steps=(
                N_("Get Chrome from google.com/chrome. It is free."),
                N_("Open Chrome, and join your visit there."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("We did not find a browser for the visit. Let us get Chrome."),
            confirm=N_("Do you have no Chrome and no Safari on your computer?"),
        ),
        "outdated": Advice(
            text=N_("Your browser, {name}, needs an update."),
            steps=(
                N_("In the menu of {name}, look for About."),
                N_("Let it update. Safari is part of the updates of your Mac."),
                N_("Close the browser and open it again."),
            ),
            agent=N_("Your browser, {name}, needs an update. You have version {version}."),
            confirm=N_("Does the browser ask you to update it?"),
        ),
        "unsupported": Advice(
            text=N_("Your browser, {name}, does not work for a video visit."),
            steps=(
                N_("Get Chrome from google.com/chrome. It is free."),
                N_("Open Chrome, and join your visit there."),
                N_("You can also join with your phone or tablet."),
            ),
            agent=N_("Your browser, {name}, does not work for the visit. Let us get Chrome."),
            confirm=N_("Is {name} the only browser on your computer?"),
        ),
        "internet_explorer": Advice(
            text=N_("Older flyers named Internet Explorer. It no longer works, and that is not your fault."),
            steps=(
                N_("If you have Microsoft Edge, you can open it and use it."),
                N_("Or get Chrome from google.com/chrome. It is free."),
                N_("Join your visit in the new browser."),
            ),
            agent=N_("The older flyer is not right any more. Let us get Chrome for your visit."),
            confirm=N_("Does your flyer name Internet Explorer?"),
        ),
        "not_recommended": Advice(
            text=N_("You have {name}. It may work, but {recommended} is the best choice."),
            steps=(
                N_("If you can, open {recommended} for your visit."),
                N_("If not, join a bit early and try {name}."),
            ),
            agent=N_("Your browser is {name}. The best choice for the visit is {recommended}."),
            confirm=N_("Do you have no {recommended} on your computer?"),
        ),
        "not_default": Advice(
            text=N_("Links may open in the wrong browser. Use {name} for your visit."),
            steps=(
                N_("Open {name} first, and sign on there."),
                N_("You can also make {name} your default browser in Settings."),
            ),
            agent=N_("Links may open in the wrong browser. Please open {name} first, and sign on there."),
            confirm=N_("Do links open in a browser that is not {name}?"),
            settings="default_browser",
        ),
    },
)
